import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { digest } from '@opt/testing'
import {
  cosine,
  elasticL1,
  euclidean,
  euclideanP,
  exactMongeGap,
  geodesic,
  learnMap,
  mongeGap,
  pNormP,
  sinkhornDivergence,
  sqEuclidean,
  sqPNorm,
  structured,
} from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const rng = random(17)
  const cloud = (n: number) =>
    Array.from({ length: n }, () => {
      const p = [rng.normal(), rng.normal(), rng.normal()]
      const norm = Math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
      return p.map((v) => v / norm)
    })
  const [x, y, z] = [cloud(14), cloud(14), cloud(11)]
  const costs = [
    sqEuclidean(),
    euclidean(),
    euclideanP(1.7),
    pNormP(2.3),
    sqPNorm(1.4),
    elasticL1(0.2, 2),
    cosine(),
    geodesic(1),
    geodesic(2),
  ]
  const bits = digest((say) => {
    for (const cost of costs) {
      const { gap, gradient, f } = mongeGap(x, y, { cost })
      const divergence = sinkhornDivergence(y, z, { cost })
      say([gap, exactMongeGap(x, y, { cost }).gap, divergence.divergence])
      say([...gradient.data, ...f, ...divergence.gradient.data])
    }
    for (const output of ['free', 'sphere', 'exponential', structured(elasticL1(0.1))] as const) {
      const network = mlp({ sizes: [3, 8, 3], activation: 'tanh', loss: 'squared', seed: 2 })
      const { history, map } = learnMap(network, x, z, { output, steps: 10, batchSize: 10, cost: sqEuclidean() })
      say([...history.map(({ loss }) => loss), ...map(x).data])
    }
  })
  expect(bits).toBe('8aeffe785e577828')
})
