import { random } from '@opt/core'
import { digest } from '@opt/testing'
import {
  type AlignmentMethod,
  alignmentPenalty,
  colourDigits,
  domainDistance,
  rotateImages,
  trainAcrossDomains,
  transferBound,
  transferMeasure,
} from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(9)
    for (const K of [1, 3]) {
      const domains = [20, 31].map((n) => ({
        features: Float64Array.from({ length: n * 4 }, () => rng.normal()),
        targets: Int32Array.from({ length: n }, () => rng.integer(0, Math.max(2, K))),
      }))
      const theta = Array.from({ length: 5 }, () => Float64Array.from({ length: K }, () => rng.normal()))
      for (const method of ['hgp', 'diagonal', 'hutchinson', 'irm', 'vrex', 'fishr', 'coral'] as AlignmentMethod[])
        for (const unbiased of [false, method !== 'coral']) {
          const { value, gradHead, gradFeatures } = alignmentPenalty(domains, { theta }, { method, unbiased })
          say([value])
          say(gradHead)
          for (const g of gradFeatures) say(g)
        }
      say(Object.values(domainDistance(domains[0], domains[1], { theta })))
      say([transferBound(domains[0], domains[1], { theta }, { delta: 0.5 }).bound])
      say(transferMeasure(domains[0], domains[1], { theta }, { delta: 0.5 }).direction)
      const inputs = domains.map(({ features, targets }) => ({ inputs: features, targets }))
      for (const method of ['diagonal', 'iga', 'fish'] as const) {
        const { model } = trainAcrossDomains([4, 5, K], inputs, {
          method,
          unbiased: method === 'diagonal',
          steps: 5,
          annealSteps: 2,
          batchSize: 8,
        })
        say(model.theta)
      }
    }
    say(colourDigits([1, 2, 3, 4], [3, 7], { error: 0.3 }).features)
    say(rotateImages([1, 2, 3, 4, 5, 6, 7, 8, 9], 3, 33))
  })
  expect(bits).toBe('0bb1dcaa3adc5ea4')
})
