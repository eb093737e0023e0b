import { dot, random } from '@opt/core'
import { distance } from '@opt/testing'
import fc from 'fast-check'
import {
  ball,
  box,
  elasticNet,
  groupLasso,
  indicator,
  l1Norm,
  l1NormInBox,
  l2Norm,
  negativeEntropy,
  type ProximalTerm,
  product,
  simplex,
  squaredL2Norm,
} from '../src/index.ts'

const GROUPS = [[0, 3], [1], [5, 2]]
const make: Record<string, (weight: number) => ProximalTerm> = {
  l1Norm,
  l2Norm,
  squaredL2Norm,
  negativeEntropy,
  groupLasso: (weight) => groupLasso(GROUPS, weight),
  l1NormInBox: (weight) => l1NormInBox(weight, box({ dimension: N, lower: -0.5, upper: 2 })),
  elasticNet: (weight) => elasticNet({ l1: weight, l2: 0.7 * weight }),
  indicator: () => indicator(simplex({ dimension: 7 })),
}
const N = 7
const vectors = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: N, maxLength: N })
const positive = fc.double({ min: 1e-3, max: 10, noNaN: true })
const minus = (x: ArrayLike<number>, y: ArrayLike<number>) => Array.from(x, (v, i) => v - y[i])

describe.each(Object.keys(make))('%s', (name) => {
  test('no point near the proximal point is better', () => {
    const rng = random(2)
    fc.assert(
      fc.property(vectors, positive, positive, (v, step, weight) => {
        const term = make[name](weight)
        const p = term.prox(v, step)
        const objective = (x: ArrayLike<number>) => {
          const away = minus(x, v)
          return term.value(x) + dot(away, away) / (2 * step)
        }
        const least = objective(p)
        expect(least).toBeLessThan(Infinity)
        const rivals: ArrayLike<number>[] = [
          v,
          new Float64Array(N),
          ...[1e-6, 1e-3, 0.1, 1].map((size) => p.map((x) => x + rng.normal(0, size))),
        ]
        if (name === 'indicator') rivals.push(...rivals.map((x) => simplex({ dimension: N }).project(x)))
        if (name === 'l1NormInBox')
          rivals.push(...rivals.map((x) => Array.from(x, (v) => Math.min(Math.max(v, -0.5), 2))))
        if (name === 'negativeEntropy') rivals.push(...rivals.map((x) => Array.from(x, Math.abs)))
        for (const x of rivals) expect(objective(x)).toBeGreaterThan(least - 1e-12 * (1 + Math.abs(least)))
      }),
      { numRuns: 300, seed: 3 },
    )
  })

  test('the operator is firmly nonexpansive', () => {
    fc.assert(
      fc.property(vectors, vectors, positive, positive, (v, w, step, weight) => {
        const term = make[name](weight)
        const gap = minus(term.prox(v, step), term.prox(w, step))
        expect(dot(gap, gap)).toBeLessThan(dot(gap, minus(v, w)) + 1e-12)
      }),
      { numRuns: 300, seed: 4 },
    )
  })

  test('writes into out, which may be v', () => {
    const term = make[name](0.5)
    const v = Float64Array.of(1, -2, 3, 0.1, 0, -0.4, 0.7)
    const p = term.prox([...v], 0.6)
    const out = new Float64Array(N)
    expect(term.prox(v, 0.6, out)).toBe(out)
    expect(out).toEqual(p)
    const inPlace = v.slice()
    term.proxInPlace(inPlace, 0.6)
    expect(inPlace).toEqual(p)
    term.prox(v, 0.6, v)
    expect(v).toEqual(p)
  })
})

test('Moreau: v is its proximal point and the projection onto the dual ball of radius step weight', () => {
  const dual: Record<string, (radius: number) => { project(y: number[]): Float64Array }> = {
    l1Norm: (radius) => box({ dimension: N, lower: -radius, upper: radius }),
    l2Norm: (radius) => ball({ dimension: N, radius }),
  }
  fc.assert(
    fc.property(vectors, positive, positive, (v, step, weight) => {
      for (const [name, set] of Object.entries(dual)) {
        const p = make[name](weight).prox(v, step)
        const z = set(step * weight).project(v)
        expect(
          distance(
            p.map((x, i) => x + z[i]),
            v,
          ),
        ).toBeLessThan(1e-14 * 10)
      }
      const p = groupLasso(
        [
          [0, 1],
          [2, 3, 4, 5, 6],
        ],
        weight,
      ).prox(v, step)
      const radius = step * weight
      const z = product([ball({ dimension: 2, radius }), ball({ dimension: 5, radius })]).project(v)
      expect(
        distance(
          p.map((x, i) => x + z[i]),
          v,
        ),
      ).toBeLessThan(1e-14 * 10)
    }),
    { numRuns: 1000, seed: 5 },
  )
})

test('known values', () => {
  expect([...l1Norm(2).prox([3, -0.5, -4], 0.5)]).toEqual([2, 0, -3])
  expect([...l2Norm().prox([3, 4], 1)]).toEqual([2.4000000000000004, 3.2])
  expect([...l2Norm().prox([0.3, 0.4], 1)]).toEqual([0, 0])
  expect([...squaredL2Norm(3).prox([8, -4], 1)]).toEqual([2, -1])
  expect([...elasticNet({ l1: 1, l2: 1 }).prox([3, -0.5], 1)]).toEqual([1, 0])
  expect([...groupLasso([[0, 2], [1]]).prox([3, 0.5, 4, 9], 1)]).toEqual([2.4000000000000004, 0, 3.2, 9])
  expect(negativeEntropy().value([0, 1, Math.E])).toBeCloseTo(Math.E, 14)
  expect(negativeEntropy().value([1, -1e-9])).toBe(Infinity)
  expect(indicator(simplex({ dimension: 2 })).value([0.5, 0.5])).toBe(0)
  expect(indicator(simplex({ dimension: 2 })).value([0.5, 0.6])).toBe(Infinity)
})

test('the proximal point of the entropy is stationary at every scale', () => {
  // W(1), the omega constant: u + log u = 0 at v = 1 and step 1.
  expect(negativeEntropy().prox([1], 1)[0]).toBeCloseTo(0.5671432904097838, 15)
  for (const v of [-1e300, -700, -40, -1, -1e-300, 0, 1e-300, 1e-9, 1, 50, 1e12, 1e300])
    for (const step of [1e-300, 1e-200, 1e-12, 0.3, 1, 1e6, 1e200]) {
      const [x] = negativeEntropy().prox([v], step)
      expect(x).toBeGreaterThanOrEqual(0)
      if (x < 1e-300) {
        // exp(v / step - 1), the first factor of x, underflows, or v and step are tiny themselves.
        expect(Math.min(v / step, Math.max(Math.abs(v), step) - 600)).toBeLessThan(-500)
        continue
      }
      const terms = [x, step, step * Math.log(x), -v]
      const size = Math.max(...terms.map(Math.abs))
      expect(Math.abs(terms.reduce((sum, term) => sum + term / size, 0))).toBeLessThan(1e-13)
    }
})

test('norms shorten vectors of wild scale', () => {
  for (const size of [1e-300, 1e-160, 1e160, 1e300]) {
    const p = l2Norm().prox([3 * size, 4 * size], size)
    expect(p[0] / size).toBeCloseTo(2.4, 14)
    expect(p[1] / size).toBeCloseTo(3.2, 14)
    expect(l1Norm(size).prox([3 * size], 1)[0] / size).toBeCloseTo(2, 14)
    expect(l2Norm(size).prox([3 * size], 2)[0] / size).toBeCloseTo(1, 14)
    expect(l2Norm().value([3 * size, 4 * size]) / size).toBeCloseTo(5, 14)
  }
})

test('products of step and weight may overflow, and lengths too', () => {
  for (const name of ['l1Norm', 'l2Norm', 'squaredL2Norm', 'elasticNet'])
    expect([...make[name](1e300).prox([1, -2], 1e300)]).toEqual([0, name === 'squaredL2Norm' ? -0 : 0])
  expect(negativeEntropy(1e300).prox([5], 1e300)[0]).toBeCloseTo(Math.exp(-1), 15)
  const [x, y] = l2Norm(1e308).prox([1.2e308, 1.6e308], 1)
  expect(x / 1e308).toBeCloseTo(0.6, 14)
  expect(y / 1e308).toBeCloseTo(0.8, 14)
})

test('groups that overlap or reach too far are refused', () => {
  expect(() => groupLasso([[0, 1], [1]])).toThrow(
    /^groupLasso: groups\[1\]\[0\] must be in one group only, got 1 again/,
  )
  expect(() => groupLasso([[3]]).prox([1, 2], 1)).toThrow(/^groupLasso.prox: v must be of at least 4 entries/)
})
