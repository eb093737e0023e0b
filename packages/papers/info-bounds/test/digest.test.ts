import { random } from '@opt/core'
import { digest } from '@opt/testing'
import {
  activations,
  type DenseLayer,
  dropoutContraction,
  gaussianContraction,
  gaussianDivergence,
  gaussianLinear,
  gibbsBound,
  intrinsicDimension,
  klBound,
  knnDivergence,
  laboratory,
  shiftReport,
  slicedWasserstein1,
  smoothedDivergence,
  wasserstein1,
  wassersteinChain,
} from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(3)
    const rows = (m: number, n: number) =>
      Array.from({ length: m }, () => Array.from({ length: n }, () => rng.normal()))
    const sample = (n: number) => ({ inputs: rows(n, 3), labels: Array.from({ length: n }, (_, i) => i % 2) })
    for (const activation of ['tanh', 'relu', 'sigmoid', 'gelu', 'erf', 'softplus'] as const) {
      const layers: DenseLayer[] = [
        { weights: rows(4, 3), activation },
        { weights: rows(3, 4), activation },
        { weights: rows(2, 3) },
      ]
      const [a, b] = [sample(12), sample(13)]
      for (const { data } of activations(layers, a.inputs)) say(data)
      const {
        profile,
        null: unshifted,
        pValue,
        divided,
      } = shiftReport(layers, a, b, { components: 60, draws: 50, divisions: 4 })
      for (const { layers: found, bound, difference } of [profile, unshifted]) {
        for (const { kl, standardError, totalVariation, bound: one, klBound: other } of found)
          say([kl, standardError, totalVariation, one, other])
        say([bound, difference!])
      }
      say([pValue, divided.observed, ...divided.null])
      const chain = wassersteinChain(layers, a, b)
      for (const { distance, scale, tail, bound } of chain.layers) say([distance, scale, tail, bound])
      say([chain.lossLevel, chain.gap, ...chain.norms])
    }
    const [a, b] = [rows(20, 3), rows(20, 3)]
    const measured = smoothedDivergence(a, b, { noise: 0.7, draws: 60 })
    say([measured.kl, measured.totalVariation])
    const bracket = wasserstein1(a, b.slice(1))
    say([wasserstein1(a, b).upper, bracket.lower, bracket.upper])
    const { mean, max } = slicedWasserstein1(a, b)
    say([mean, max, knnDivergence(a, b), intrinsicDimension(a), gaussianDivergence(a, b)])
    for (const ratio of [0.1, 1, 7, 40]) {
      const { kl, tv, klComplement, tvComplement } = gaussianContraction(ratio)
      say([kl, tv, klComplement, tvComplement])
    }
    say([
      dropoutContraction(0.37, 5).kl,
      gibbsBound({ beta: 3, samples: 7, coefficient: 0.6, label: 0.1 }),
      klBound(0.3),
    ])
    for (const layer of gaussianLinear({
      mean: a[0],
      noise: 1.1,
      samples: 9,
      weights: [rows(2, 3), rows(2, 2)],
      estimate: b[0],
    }))
      say(Object.values(layer))
    const points = [-1, 1].map((y) => ({ x: [y, 0.5], y }))
    const { gap, divergences, posterior } = laboratory({
      points,
      probabilities: [0.4, 0.6],
      widths: [2, 2, 1],
      values: [-1, 1],
      beta: 3,
      samples: 3,
      noise: 'dropout',
      drop: 0.2,
    })
    say([gap, ...divergences, ...posterior])
  })
  expect(bits).toBe('851cf5e0e9a91e14')
})
