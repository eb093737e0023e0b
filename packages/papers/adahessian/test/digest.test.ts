import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    for (const options of [
      {},
      { blockSizes: [1, 4, 1, 1] as [number, number, number, number], hessianPower: 0.5, weightDecay: 0.1 },
    ]) {
      const parameters = [Float64Array.of(1, -2, 0.5), Float32Array.from({ length: 8 }, (_, i) => i / 7 - 0.5)]
      const optimizer = new api.AdaHessian(parameters, { learningRate: 0.1, seed: 3, ...options })
      for (let t = 0; t < 12; t++) {
        // A quadratic with the Hessian diag(1, 2, 3, ...).
        const gradients = parameters.map((x) => x.map((value, i) => (i + 1) * value))
        optimizer.step(gradients, (z) => z.map((v) => v.map((value: number, i: number) => (i + 1) * value)))
        say([parameters, optimizer.state()])
      }
    }
  })
  expect(bits).toBe('582e8cd42e890339')
})
