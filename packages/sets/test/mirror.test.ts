import { dot, random } from '@opt/core'
import { centralDifference, distance } from '@opt/testing'
import fc from 'fast-check'
import {
  entropyMap,
  euclideanMap,
  type MirrorMap,
  pNormMap,
  powerMap,
  radialPowerMap,
  simplexEntropyMap,
} from '../src/index.ts'

const N = 5
const make: Record<string, () => MirrorMap> = {
  euclideanMap,
  entropyMap,
  simplexEntropyMap,
  'pNormMap, p = 1.2': () => pNormMap(1.2),
  'pNormMap, p = 2': () => pNormMap(2),
  'pNormMap, p = 3': () => pNormMap(3),
  'powerMap, q = 3': () => powerMap(3),
  'radialPowerMap, q = 3.5': () => radialPowerMap(3.5),
}

describe.each(Object.keys(make))('%s', (name) => {
  const map = make[name]()
  const isEntropy = name.includes('ntropy')
  /** Points of the interior of the domain. */
  const points = fc.nat(1e9).map((seed) => {
    const rng = random(seed)
    const x = Float64Array.from({ length: N }, () => (isEntropy ? rng.uniform(0.01, 3) : rng.normal()))
    const total = x.reduce((sum, v) => sum + v, 0)
    return name === 'simplexEntropyMap' ? x.map((v) => v / total) : x
  })

  test('the inverse gradient leads back', () => {
    fc.assert(
      fc.property(points, (x) => {
        const y = map.gradient(x)
        expect(distance(map.inverseGradient(y), x)).toBeLessThan(1e-12)
        if (name === 'simplexEntropyMap')
          expect(distance(map.inverseGradient(y.map((v) => v + 3)), x)).toBeLessThan(1e-12)
      }),
      { numRuns: 500, seed: 1 },
    )
  })

  test('the gradient is that of the value, by finite differences', () => {
    fc.assert(
      fc.property(points, fc.nat(N - 1), (x, i) => {
        expect(map.gradient(x)[i]).toBeCloseTo(
          centralDifference((x) => map.value(x), x, i, 1e-6),
          3,
        )
      }),
      { numRuns: 500, seed: 2 },
    )
  })

  test('the divergence is nonnegative, its definition, and 0 between equal points', () => {
    fc.assert(
      fc.property(points, points, (x, y) => {
        const divergence = map.divergence(x, y)
        expect(divergence).toBeGreaterThanOrEqual(0)
        const along = dot(
          map.gradient(y),
          x.map((v, i) => v - y[i]),
        )
        expect(divergence).toBeCloseTo(map.value(x) - map.value(y) - along, 11)
        expect(map.divergence(x, x)).toBe(0)
      }),
      { numRuns: 500, seed: 3 },
    )
  })

  test('writes into out, which may be the argument', () => {
    const x = Float64Array.of(0.1, 0.2, 0.3, 0.3, 0.1)
    const y = map.gradient(x)
    const out = new Float64Array(N)
    expect(map.gradient(x, out)).toBe(out)
    expect(out).toEqual(y)
    expect(map.inverseGradient(out, out)).toBe(out)
    expect(distance(out, x)).toBeLessThan(1e-14)
    map.gradientInPlace(out)
    expect(distance(out, y)).toBeLessThan(1e-13)
    out.set(y)
    map.inverseGradientInPlace(out)
    expect(out).toEqual(map.inverseGradient(y))
  })
})

test('the Kullback-Leibler divergence at the boundary', () => {
  const map = entropyMap()
  expect(map.divergence([0, 1], [2, 1])).toBe(2)
  expect(map.divergence([1, 1], [0, 1])).toBe(Infinity)
  expect(map.divergence([0], [0])).toBe(0)
  expect(map.value([0, 1])).toBe(-1)
  expect(() => map.gradient([0, 1])).toThrow(/^entropyMap.gradient: x\[0\] must be positive/)
  expect(() => map.inverseGradient([800])).toThrow(/^entropyMap.inverseGradient: y must be such that/)
})

test('maps at wild scales', () => {
  for (const size of [1e-300, 1e-150, 1e150, 1e300]) {
    const x = Float64Array.of(3 * size, -size, 0.5 * size)
    for (const p of [1.1, 1.5, 4]) {
      const back = pNormMap(p).inverseGradient(pNormMap(p).gradient(x))
      expect(
        distance(
          back.map((v) => v / size),
          [3, -1, 0.5],
        ),
      ).toBeLessThan(1e-11)
    }
    const positive = x.map(Math.abs)
    expect(
      distance(
        entropyMap()
          .inverseGradient(entropyMap().gradient(positive))
          .map((v) => v / size),
        [3, 1, 0.5],
      ),
    ).toBeLessThan(1e-11)
  }
  expect([...simplexEntropyMap(2).inverseGradient([1e300, -1e300, 1e300])]).toEqual([1, 0, 1])
  expect([...pNormMap(3).gradient([0, 0])]).toEqual([0, 0])
})

test.each([2, 2.5, 3, 6])('the power maps are uniformly convex, D(x, y) >= ||x - y||^q / q: q = %d', (q) => {
  const power = (x: Float64Array) => x.reduce((sum, v) => sum + Math.abs(v) ** q, 0)
  const length = (x: Float64Array) => Math.sqrt(dot(x, x))
  fc.assert(
    fc.property(fc.nat(1e9), fc.double({ min: 0, max: 1, noNaN: true }), (seed, nearness) => {
      const rng = random(seed)
      const x = Float64Array.from({ length: N }, () => rng.normal())
      // The bound is an equality for y = -x.
      const y = Float64Array.from(x, (v) => nearness * rng.normal() - (1 - nearness) * v)
      const gap = x.map((v, i) => v - y[i])
      expect(powerMap(q).divergence(x, y)).toBeGreaterThan((power(gap) / q) * (1 - 1e-9) - 1e-12)
      expect(radialPowerMap(q).divergence(x, y)).toBeGreaterThan((length(gap) ** q / q) * (1 - 1e-9) - 1e-12)
    }),
    { numRuns: 500, seed: 6 },
  )
  if (q === 2)
    for (const map of [powerMap(2), radialPowerMap(2)]) expect(map.divergence([1, 2], [3, 5])).toBeCloseTo(6.5, 14)
  const opposite = powerMap(q).divergence([1, -2], [-1, 2])
  expect(opposite).toBeGreaterThanOrEqual(((2 ** q + 4 ** q) / q) * (1 - 1e-14))
})

test('power maps at wild scales', () => {
  for (const size of [1e-80, 1e80]) {
    const x = [3 * size, -size, 0.5 * size]
    for (const map of [powerMap(3), radialPowerMap(3)]) {
      const back = map.inverseGradient(map.gradient(x))
      expect(
        distance(
          back.map((v) => v / size),
          [3, -1, 0.5],
        ),
      ).toBeLessThan(1e-13)
      expect(
        map.divergence(x, [size, size, size]) / map.divergence([3, -1, 0.5], [1, 1, 1]) / (size * size * size),
      ).toBeCloseTo(1, 12)
      expect(map.divergence(x, x)).toBe(0)
    }
  }
  for (const map of [powerMap(6), radialPowerMap(6)]) {
    expect(map.divergence([1e300], [-1e300])).toBe(Infinity)
    expect(map.divergence([1e-300], [0])).toBe(0)
    expect([...map.inverseGradient(map.gradient([0, 0]))]).toEqual([0, 0])
    expect(() => map.gradient([1e300])).toThrow(/owerMap.gradient: x must be such that the answer is finite/)
  }
  expect(() => powerMap(1.5)).toThrow('powerMap: q must be a finite number between 2 and 1000, got 1.5')
})
