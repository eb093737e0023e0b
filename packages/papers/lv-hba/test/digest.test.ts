import { random } from '@opt/core'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'
import { coupled, manySolutions } from './problems.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const parameters = { gamma1: 5, gamma2: 2, bound: 100 }
    for (const [problem, y] of [
      [coupled, [2]],
      [manySolutions, [2, 1]],
    ] as const) {
      say(api.lvHba(problem, { x: [1], y }, { ...parameters, alpha: 0.1, beta: 0.5, eta: 0.2, maxIterations: 60 }))
      say(api.valueFunction(problem, { x: [1], y, z: [0.5] }, { ...parameters, tolerance: 1e-8 }))
    }
    const toy = api.bilevelToy(2, { scale: 0.5 })
    say(toy.exactValue({ x: [1, 2], y: [3, 4, 5, 6], z: [0.5] }, parameters))
    say(api.lvHba(toy, { x: [1, 2], y: [0, 0, 1, 1] }, { ...parameters, maxIterations: 40 }))
    const rng = random(1)
    const draw = (n: number) => ({
      inputs: Array.from({ length: n }, () => [rng.normal(), rng.normal()]),
      labels: Array.from({ length: n }, () => (rng.uniform() < 0.5 ? 1 : -1)),
    })
    const svm = api.weightedSvm(draw(10), draw(5))
    const c = Array.from({ length: 10 }, (_, i) => i / 10 - 0.5)
    say([svm.weights(c), svm.solveLower(c), svm.hyperobjective(c)])
  })
  expect(bits).toBe('9371a8e3ea1f085f')
})
