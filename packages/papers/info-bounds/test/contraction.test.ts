import { near } from '@opt/testing'
import fc from 'fast-check'
import {
  contracted,
  dropConnectContraction,
  dropoutContraction,
  finiteParameterInformation,
  gaussianContraction,
  gibbsBound,
  klBound,
  outputDiameter,
} from '../src/index.ts'

const unit = fc.double({ min: 1e-3, max: 1 - 1e-3, noNaN: true })

/** KL of two distributions. */
const kl = (p: number[], q: number[]) =>
  p.reduce((sum, value, i) => sum + (value > 0 ? value * Math.log(value / q[i]) : 0), 0)
const tv = (p: number[], q: number[]) => p.reduce((sum, value, i) => sum + Math.abs(value - q[i]), 0) / 2

/** The distributions of a channel's outputs on a grid, for two inputs at the ends of the diameter. */
function gaussianChannel(ratio: number): { low: number[]; high: number[] } {
  const grid = Array.from({ length: 400 }, (_, i) => -8 + ((ratio + 16) * (i + 0.5)) / 400)
  const weigh = (centre: number) =>
    grid.map((t) => (Math.exp(-((t - centre) ** 2) / 2) / Math.sqrt(2 * Math.PI)) * ((ratio + 16) / 400))
  return { low: weigh(0), high: weigh(ratio) }
}

test('Gaussian noise contracts no pair of distributions less than its coefficients say', () => {
  const channels = [0.3, 1, 2, 5].map((ratio) => ({ ...gaussianChannel(ratio), eta: gaussianContraction(ratio) }))
  fc.assert(
    fc.property(fc.constantFrom(...channels), unit, unit, ({ low, high, eta }, p, q) => {
      fc.pre(Math.abs(p - q) > 1e-3)
      const mix = (share: number) => low.map((value, i) => share * value + (1 - share) * high[i])
      const inputs: [number[], number[]] = [
        [p, 1 - p],
        [q, 1 - q],
      ]
      expect(kl(mix(p), mix(q))).toBeLessThanOrEqual(eta.kl * kl(...inputs) + 1e-9)
      expect(tv(mix(p), mix(q))).toBeLessThanOrEqual(eta.tv * tv(...inputs) + 1e-4)
      expect(eta.kl).toBeLessThanOrEqual(eta.tv)
    }),
    { numRuns: 300 },
  )
})

test.each([
  [0.5, 0.058945],
  [2, 0.550399],
  [5, 0.981048],
])('the coefficient at ratio %d is reached, by brute force over binary inputs', (ratio, best) => {
  const { low, high } = gaussianChannel(ratio)
  let most = 0
  for (let k = 1; k < 40; k++) {
    const [p, q] = [k / 40 + 1e-4, k / 40]
    const mix = (share: number) => low.map((value, i) => share * value + (1 - share) * high[i])
    most = Math.max(most, kl(mix(p), mix(q)) / kl([p, 1 - p], [q, 1 - q]))
  }
  near(most, best, { absolute: 2e-5 })
  near(gaussianContraction(ratio).kl, best, { absolute: 2e-6 })
})

test('dropout contracts inputs without common coordinates by exactly its coefficient', () => {
  fc.assert(
    fc.property(unit, unit, unit, fc.integer({ min: 1, max: 6 }), (drop, p, q, width) => {
      // Points x and -x are told apart unless everything is dropped.
      const erased = drop ** width
      const through = (share: number) => [(1 - erased) * share, (1 - erased) * (1 - share), erased]
      const eta = dropoutContraction(drop, width)
      near(kl(through(p), through(q)), eta.kl * kl([p, 1 - p], [q, 1 - q]), { absolute: 1e-12 })
      near(tv(through(p), through(q)), eta.tv * tv([p, 1 - p], [q, 1 - q]), { absolute: 1e-12 })
      near(eta.kl + eta.klComplement, 1, { absolute: 1e-15 })
      expect(dropConnectContraction(drop, width, 1)).toEqual(eta)
      expect(dropConnectContraction(drop, width, 2).kl).toBeGreaterThanOrEqual(eta.kl)
    }),
    { numRuns: 300 },
  )
})

test('extremes: no noise, no ratio, no bound, complements apart from 1', () => {
  expect(dropoutContraction(0, 3)).toEqual({ kl: 1, tv: 1, klComplement: 0, tvComplement: 0 })
  expect(gaussianContraction(Infinity)).toMatchObject({ kl: 1, tv: 1, klComplement: 0, tvComplement: 0 })
  expect(gaussianContraction(0)).toMatchObject({ kl: 0, tv: 0, tvComplement: 1 })
  near(gaussianContraction(0).klComplement, 1, { absolute: 1e-14 })
  near(gaussianContraction(1e-100).kl, 2.5e-201, { relative: 1e-12 })
  // At real widths the worst case is useless.
  near(dropoutContraction(0.5, 64).klComplement, 2 ** -64, { relative: 1e-13 })
  near(gaussianContraction(outputDiameter('tanh', 4) / 0.3).klComplement, 4e-11, { relative: 0.3 })
  expect(outputDiameter('relu', 3)).toBe(Infinity)
  near([outputDiameter('tanh', 4), outputDiameter('sigmoid', 4)], [4, 2], { absolute: 1e-15 })
})

test('contracted and Gibbs bounds agree with their formulas', () => {
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 5 }), unit, unit, (coefficients, input, share) => {
      const label = share * input
      const bounds = contracted({ input, label, coefficients })
      const product = coefficients.reduce((all, eta) => all * eta, 1)
      near(bounds.at(-1)!, label + product * (input - label), { absolute: 1e-14 })
      bounds.forEach((bound, l) => expect(bound).toBeLessThanOrEqual(l === 0 ? input : bounds[l - 1]))

      // The bound solves gap = sqrt(2 sigma^2 (D_Y + e (beta gap / n - D_Y))), the fixed point of the contraction.
      const [beta, samples] = [10 * input, 7]
      const gap = gibbsBound({ beta, samples, coefficient: product, label })
      near(gap * gap, 0.5 * (label + product * ((beta * gap) / samples - label)), { absolute: 1e-12 })
      near(gibbsBound({ beta, samples }), (0.5 * beta) / samples, { absolute: 1e-14 })
    }),
    { numRuns: 200 },
  )
  near(gibbsBound({ beta: 1e-170, samples: 1 }) / 1e-170, 0.5, { relative: 1e-14 })
  near(gibbsBound({ beta: 1e300, samples: 10 }) / 1e300, 0.05, { relative: 1e-14 })
  near(klBound([0.08, 0.02]), (0.2 + 0.1) / 2, { absolute: 1e-15 })
  near(klBound(0.08, { sigma: 1 }), 0.4, { absolute: 1e-15 })
  near(finiteParameterInformation({ weights: 6, values: 2, samples: 4 }), 1.5 * Math.LN2, { absolute: 1e-15 })
})
