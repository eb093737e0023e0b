import { near } from '@opt/testing'
import fc from 'fast-check'
import { bound, coefficients, heavyBound, type StepKind, stepSizes } from '../src/index.ts'

const harmonic = (T: number) => Array.from({ length: T }, (_, k) => 1 / (k + 1)).reduce((sum, v) => sum + v, 0)

describe('bounds with the best eta', () => {
  test.each([100, 10000])('in units of sqrt(D (M^2 + sigma^2) / T), T = %d', (steps) => {
    const known = { steps, L: 0, M: 3, sigma: 4, distance: 7 }
    const unit = Math.sqrt((7 * 25) / steps)
    const reached = (['sqrt', 'constant', 'linear'] as const).map(
      (kind) => bound({ ...known, stepSizes: stepSizes[kind](known) }) / unit,
    )
    near(reached, steps === 100 ? [5.98, 6.44, 5.51] : [7.87, 8.85, 5.654], { absolute: 0.005, relative: 0 })
    near(reached[1], 2 * Math.sqrt(2 * harmonic(steps)), { absolute: 0, relative: 1e-12 })
  })

  test.each(['sqrt', 'constant', 'linear'] as const)('%s: no other eta has a smaller bound', (kind) => {
    const numbers = fc.double({ min: 0.1, max: 10, noNaN: true })
    fc.assert(
      fc.property(
        numbers,
        numbers,
        numbers,
        fc.constantFrom(0, 0.3, 5),
        fc.constantFrom(undefined, 0.05),
        (M, sigma, distance, L, delta) => {
          const known = { steps: 40, L, M, sigma, distance, delta, sharp: L === 0 }
          const best = bound({ ...known, stepSizes: stepSizes[kind](known) })
          for (let k = -12; k <= 12; k++) {
            const eta = 2 ** (k / 2)
            const other = bound({ ...known, stepSizes: stepSizes[kind]({ steps: 40, L, eta }) })
            expect(best).toBeLessThanOrEqual(other * (1 + 1e-6))
          }
        },
      ),
      { numRuns: 60, seed: 1 },
    )
  })

  test.each(['heavy', 'heavyT', 'heavyLinear'] as const)('%s: nor with heavy tails', (kind) => {
    for (const p of [1.1, 1.5, 1.9])
      for (const L of [0, 2]) {
        const known = { steps: 50, p, L, M: 2, sigma: 3, distance: 4 }
        const best = heavyBound({ ...known, stepSizes: stepSizes[kind](known) })
        for (let k = -20; k <= 20; k++) {
          const other = stepSizes[kind]({ steps: 50, p, eta: 2 ** (k / 2) })
          expect(best).toBeLessThanOrEqual(heavyBound({ ...known, stepSizes: other }) * (1 + 1e-6))
        }
      }
  })

  test('the delta bound has its own best eta, and smooth problems without noise the longest steps', () => {
    const known = { steps: 50, L: 0, M: 1, sigma: 3, distance: 2 }
    const [usual, careful] = [undefined, 0.01].map((delta) => stepSizes.linear({ ...known, delta })[0])
    expect(careful).toBeLessThan(usual)
    near(stepSizes.sqrt({ steps: 9, L: 2, M: 0, sigma: 0, distance: 1 }), new Float64Array(9).fill(0.25), {
      absolute: 0,
      relative: 1e-12,
    })
  })
})

test('a heavy bound with p near 2 is the sharp bound', () => {
  const eta = [0.5, 0.3, 0.2]
  const known = { M: 2, sigma: 3, distance: 1 }
  const limit = bound({ ...known, L: 0, stepSizes: eta, sharp: true })
  expect(heavyBound({ ...known, p: 2 - 1e-9, stepSizes: eta })).toBeCloseTo(limit, 6)
})

test('coefficients: v ascends to 1, c and a are what they are defined as', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 0.9, noNaN: true }), { minLength: 1, maxLength: 12 }),
      fc.constantFrom(0, 0.5, 1),
      fc.constantFrom(0, 0.7),
      (eta, muF, muH) => {
        const { logGamma, v, c, a } = coefficients({ stepSizes: eta, muF, muH })
        let product = 1
        const gamma = eta.map((step, t) => {
          if (t > 0) product *= (1 + muH * eta[t - 1]) / (1 - muF * step)
          return step * product
        })
        const tail = (t: number) => gamma.slice(t).reduce((sum, g) => sum + g, 0)
        const relative = { absolute: 1e-13, relative: 1e-11 }
        near(logGamma, gamma.map(Math.log), relative)
        near(
          v,
          gamma.map((_, t) => gamma[gamma.length - 1] / tail(t)),
          relative,
        )
        near(
          c,
          gamma.map((g, t) => (g * eta[t]) / tail(t)),
          relative,
        )
        near(a, (1 - muF * eta[0]) / tail(0), relative)
        v.forEach((value, t) => expect(value).toBeGreaterThan(t === 0 ? 0 : v[t - 1]))
        expect(v[v.length - 1]).toBe(1)
      },
    ),
    { numRuns: 300, seed: 2 },
  )
})

test('gamma overflows without harm: strongT triples it a step', () => {
  const stepsT = stepSizes.strongT({ steps: 3000, mu: 1 })
  const { logGamma, c, v } = coefficients({ stepSizes: stepsT, muF: 1 })
  expect(logGamma[2999]).toBeGreaterThan(710)
  expect([...c, ...v].every(Number.isFinite)).toBe(true)
  const known = { stepSizes: stepsT, L: 0, M: 1, sigma: 1, distance: 1e6, muF: 1 }
  // The distance is forgotten exponentially fast.
  expect(bound(known)).toBe(bound({ ...known, distance: 0 }))
  expect(bound(known)).toBeLessThan(0.05)
  expect(bound({ ...known, delta: 0.01 })).toBeGreaterThan(bound(known))
})

test('bounds fall at the rates of the theory', () => {
  const at = (kind: StepKind, T: number) => {
    const known = { steps: T, L: 1, mu: 0.5, M: 1, sigma: 1, distance: 1, muF: 0, muH: 0, eta: 1 }
    const strong = kind.startsWith('strong')
    if (strong) known[kind.includes('H') ? 'muH' : 'muF'] = 0.5
    return bound({ ...known, stepSizes: stepSizes[kind](known as never) })
  }
  const T = 4000
  // log T / T for 1/t steps: 16 times the steps, less than a twelfth of the bound.
  for (const kind of ['strong1', 'strong2', 'strongT', 'strongH1', 'strongH2'] as const)
    expect(at(kind, 16 * T) * 10).toBeLessThan(at(kind, T))
  expect(at('linear', 16 * T) * 3.9).toBeLessThan(at('linear', T))
  expect(at('sqrt', 16 * T) * 2.5).toBeLessThan(at('sqrt', T))
  expect(at('sqrt', 16 * T) * 3.9).toBeGreaterThan(at('sqrt', T))
})

test('K is 4 for convex problems, and Markov’s inequality needs no more than a variance', () => {
  const known = { stepSizes: [0.3, 0.2], L: 0, M: 1, sigma: 2, distance: 3 }
  const { c, a } = coefficients({ stepSizes: [0.3, 0.2] })
  const noise = c[0] + c[1]
  expect(bound({ ...known, delta: 0.1 })).toBeCloseTo(4 * (3 * a + (1 + 4 * (1 + 2 * Math.log(20))) * noise), 12)
  expect(bound({ ...known, delta: 0.1, tails: 'finiteVariance' })).toBeCloseTo(10 * bound(known), 12)
  expect(bound({ ...known, sharp: true })).toBeCloseTo(3 * a + 5 * noise, 12)
})

test('bounds at wild scales are right, or refused', () => {
  const eta = Float64Array.of(0.3, 0.2)
  const known = { L: 0, M: 1, sigma: 2, distance: 3 }
  const plain = bound({ ...known, stepSizes: eta })
  // x in other units: D by s^2, M and sigma by 1/s, eta by s^2.
  for (const s of [1e-100, 1e100]) {
    const scaled = { L: 0, M: 1 / s, sigma: 2 / s, distance: 3 * s * s, stepSizes: eta.map((v) => v * s * s) }
    expect(bound(scaled)).toBeCloseTo(plain, 10)
    expect(bound({ ...scaled, stepSizes: stepSizes.linear({ steps: 9, ...scaled }) })).toBeCloseTo(
      bound({ ...known, stepSizes: stepSizes.linear({ steps: 9, ...known }) }),
      10,
    )
  }
  expect(() => bound({ ...known, M: 1e200, stepSizes: eta })).toThrow(
    'bound: options must be such that the bound is finite',
  )
})
