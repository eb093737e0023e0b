import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const discs = [[0.3, 0.4, 0.2]]
    const [flat, solid] = [api.poisson2d({ size: [16, 24], discs }), api.poisson3d({ size: 8 })]
    for (const { A, shape, mask } of [flat, solid]) {
      const sides = (['smooth', 'dipole', 'noise'] as const).map((kind) => api.rightHandSide(kind, { mask, shape }, 3))
      const dimension = shape.length as 2 | 3
      const networks = [
        api.multiLevelNetwork({ dimension, seed: 1 }),
        api.multiLevelNetwork({ dimension, channels: 3, activation: 'relu', precision: 'float64' }),
        api.paperNetwork({ dimension, channels: 3 }),
      ]
      const samples = api.ritzDataset(A, { vectors: 20, count: 4 })
      say([sides, samples])
      for (const network of networks) {
        const { history } = api.trainDirections(network, [{ A, shape, samples, batch: 2 }], { steps: 4 })
        say([history, network.parameters, network.backward(sides[2], shape, sides[0])])
        for (const b of sides) {
          const { x, residual, iterations } = api.dcdm(A, b, { direction: network.direction(shape) })
          say([x, residual, iterations])
        }
      }
      const b = sides[2]
      say(api.directionLoss(A, b, sides[0]))
      for (const preconditioner of [undefined, api.incompleteCholesky(A), api.multigrid(A, shape)])
        say(api.conjugateGradient(A, b, { preconditioner, tolerance: 1e-9 }).x)
      say(api.deflatedCG(A, b).x)
    }
    say(api.pretrained().parameters)
  })
  expect(bits).toBe('1f448750e6dee37c')
})
