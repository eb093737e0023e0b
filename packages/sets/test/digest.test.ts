import { random } from '@opt/core'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'
import { drawSet, KINDS, WITHOUT_METRIC } from './sets.ts'

/** A symmetric positive definite matrix from exact arithmetic alone. */
const metricOf = (n: number) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? n + (i % 7) : ((i * j) % 5) / 8)))

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(7)
    for (const kind of KINDS)
      for (const dimension of [3, 60, 200]) {
        const set = drawSet(kind, dimension, rng)
        const y = Float64Array.from({ length: set.dimension }, () => rng.normal(0, 5))
        say([set.center(), set.diameter, set.project(y), set.support(y)])
        if (dimension < 100 && !WITHOUT_METRIC.includes(kind)) say(set.projectMetric(y, metricOf(dimension)))
      }
    const v = Float64Array.from({ length: 30 }, () => rng.normal(0, 2))
    for (const term of [
      api.l1Norm(0.5),
      api.l2Norm(0.5),
      api.squaredL2Norm(0.5),
      api.negativeEntropy(0.5),
      api.l1NormInBox(0.5, api.box({ dimension: 30, lower: -0.5, upper: 2 })),
      api.elasticNet({ l1: 0.5, l2: 0.2 }),
      api.groupLasso([
        [0, 5, 7],
        [1, 2],
      ]),
    ])
      say([term.prox(v, 0.7), term.value(v.map(Math.abs))])
    const x = v.map(Math.abs)
    for (const map of [
      api.euclideanMap(),
      api.entropyMap(),
      api.simplexEntropyMap(),
      api.pNormMap(1.3),
      api.powerMap(3.5),
      api.radialPowerMap(3.5),
    ])
      say([map.value(x), map.gradient(x), map.inverseGradient(v), map.divergence(x, x.toReversed())])
  })
  expect(bits).toBe('88c3a6d33be61222')
})
