import { random } from '@opt/core'
import { symmetric } from '@opt/curvature'
import { digest } from '@opt/testing'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const rng = random(5)
  const bits = digest((say) => {
    for (const [n, d, outputs] of [
      [7, 12, 1],
      [30, 9, 1],
      [8, 40, 2],
    ]) {
      const A = ndarray(
        Float64Array.from({ length: n * outputs * d }, () => rng.normal()),
        [n * outputs, d],
      )
      const linear = api.linearize(A, { outputs })
      say([linear.eigenvalues, linear.rows, api.sharpness(linear)])
      for (const replacement of [true, false]) {
        const batch = { batchSize: 3, replacement }
        const { rate, weights, bounds, history } = api.criticalRate(linear, batch)
        const { radius } = api.isStable(linear, { ...batch, learningRate: 0.7 * rate })
        const start = A.data.slice(0, d)
        say([rate, weights, bounds, history, radius])
        say(api.secondMoment(linear, { ...batch, start, learningRate: 0.7 * rate }).checkpoint)
      }
      say(api.stableRates(linear, { learningRate: 0.5 / api.sharpness(linear).lambdaMax }).summary)
      say(api.alignment(linear, A.data.slice(0, n * outputs)))
      const hessian = symmetric(d, (v, out) => {
        out.fill(0)
        for (let i = 0; i < n * outputs; i++) {
          let f = 0
          for (let k = 0; k < d; k++) f += A.get(i, k) * v[k]
          for (let k = 0; k < d; k++) out[k] += A.get(i, k) * f
        }
      })
      say(api.estimateSharpness(hessian, { seed: 2 }))
    }
    const [X, W] = [0, 1].map(() =>
      ndarray(
        Float64Array.from({ length: 12 }, () => rng.normal()),
        [4, 3],
      ),
    )
    say([api.reluBounds(X, W, [1, -2, 0.5, 3]), api.balance(X, W, [1, -2, 0.5, 3]).W.data])
    say([api.diagonalBounds(X, [1, 2, 3], [3, -1, 2], 'product'), api.balanceDiagonal([1, 2], [3, -1], 'difference')])
  })
  expect(bits).toBe('e65c2b90f4db64d4')
})
