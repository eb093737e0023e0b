import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = api.random(1)
    say(Array.from({ length: 50 }, () => [rng.normal(), rng.uniform(-1, 1), rng.integer(0, 100)]))
    const n = 20
    const C = Array.from({ length: n }, () => Array.from({ length: n }, () => rng.integer(0, 30)))
    say(api.assignment(C))
    const A = C.map((row, i) => row.map((_, j) => (i === j ? 5 + i : 1 / (1 + i + j))))
    const product = (v: ArrayLike<number>, out: Float64Array) => {
      for (let i = 0; i < n; i++) out[i] = A[i].reduce((sum, a, j) => sum + a * v[j], 0)
    }
    const b = Array.from({ length: n }, () => rng.normal())
    say(api.conjugateGradient({ rows: n, columns: n, apply: product }, b, { tolerance: 1e-10 }))
    const rosenbrock = (x: Float64Array, g: Float64Array) => {
      const [a, c] = [1 - x[0], x[1] - x[0] * x[0]]
      g[0] = -2 * a - 400 * x[0] * c
      g[1] = 200 * c
      return a * a + 100 * c * c
    }
    say(api.lbfgs(rosenbrock, [-1.2, 1], { maxIterations: 40 }))
  })
  expect(bits).toBe('440655e3127b6d4b')
})
