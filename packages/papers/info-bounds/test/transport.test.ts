import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import { slicedWasserstein1, wasserstein1, wassersteinChain } from '../src/index.ts'

const cloud = (n: number, d: number, seed: number, scale = 1) => {
  const rng = random(seed)
  return Array.from({ length: n }, () => Array.from({ length: d }, () => scale * rng.normal()))
}
const distance = (x: number[], y: number[]) => Math.hypot(...x.map((v, j) => v - y[j]))

function permutations(n: number): number[][] {
  if (n === 0) return [[]]
  return permutations(n - 1).flatMap((one) =>
    Array.from({ length: n }, (_, k) => [...one.slice(0, k), n - 1, ...one.slice(k)]),
  )
}

const sizes = fc.record({
  n: fc.integer({ min: 1, max: 5 }),
  d: fc.integer({ min: 1, max: 3 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
})

test('W1 is the least mean distance over all pairings, above sliced ones and within its bracket', () => {
  fc.assert(
    fc.property(sizes, ({ n, d, seed }) => {
      const [a, b] = [cloud(n, d, seed), cloud(n, d, seed + 1)]
      const best = Math.min(
        ...permutations(n).map((order) => order.reduce((sum, j, i) => sum + distance(a[i], b[j]), 0) / n),
      )
      const { lower, upper, exact } = wasserstein1(a, b)
      expect(exact).toBe(true)
      near([lower, upper], [best, best], { absolute: 1e-12 })
      const sliced = slicedWasserstein1(a, b, { directions: 10, random: random(seed) })
      expect(sliced.max).toBeLessThanOrEqual(best + 1e-12)
      expect(sliced.mean).toBeLessThanOrEqual(sliced.max + 1e-12)
    }),
    { numRuns: 300 },
  )
})

test('brackets hold the exact distance, also of repeated points', () => {
  fc.assert(
    fc.property(sizes, ({ n, d, seed }) => {
      const [a, b] = [cloud(n + 1, d, seed), cloud(n + 1, d, seed + 1)]
      const { upper: exact } = wasserstein1(a, b)
      // Each point of b twice: the same measure, of another size.
      const bracket = wasserstein1(a, [...b, ...b])
      expect(bracket.exact).toBe(d === 1)
      expect(bracket.lower).toBeLessThanOrEqual(exact * (1 + 1e-9))
      expect(bracket.upper).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
    }),
    { numRuns: 40 },
  )
  const point = [
    [1, 2],
    [1, 2],
  ]
  expect(wasserstein1(point, [...point, [1, 2]])).toEqual({ lower: 0, upper: 0, exact: true })
})

test('on a line W1 is exact for unequal sizes too', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 1e6 }),
      (n, m, seed) => {
        const [a, b] = [cloud(n, 1, seed), cloud(m, 1, seed + 1)]
        const { lower, upper, exact } = wasserstein1(a, b)
        // m copies of a and n copies of b have equal sizes, and a second column of zeros makes an assignment of it.
        const times = (rows: number[][], k: number) => Array.from({ length: k }, () => rows.map(([x]) => [x, 0])).flat()
        expect(exact).toBe(true)
        near([lower, upper], [lower, wasserstein1(times(a, m), times(b, n)).upper], { absolute: 1e-12 })
        const { max } = slicedWasserstein1(a, b, { directions: [[-2]] })
        near(max, upper, { absolute: 1e-12 })
      },
    ),
    { numRuns: 100 },
  )
})

test.each([1e-300, 1e-160, 1, 1e160, 1e300])('distances scale with the data: %d', (scale) => {
  const [a, b] = [cloud(6, 2, 1), cloud(6, 2, 2)]
  const times = (rows: number[][]) => rows.map((row) => row.map((v) => v * scale))
  near(wasserstein1(times(a), times(b)).upper / scale, wasserstein1(a, b).upper, { relative: 1e-12 })
  near(slicedWasserstein1(times(a), times(b)).mean / scale, slicedWasserstein1(a, b).mean, { relative: 1e-12 })
  const bracket = wasserstein1(times(a), times(b), { method: 'bracket' })
  expect(bracket.lower / scale).toBeLessThanOrEqual(wasserstein1(a, b).upper)
  expect(bracket.upper / scale).toBeGreaterThanOrEqual(wasserstein1(a, b).upper * (1 - 1e-9))
})

test('chains fall with depth and stay above the gap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e6 }),
      fc.constantFrom('tanh' as const, 'relu' as const, 'sigmoid' as const, 'gelu' as const),
      (seed, activation) => {
        const rng = random(seed)
        const matrix = (m: number, n: number) =>
          Array.from({ length: m }, () => Array.from({ length: n }, () => rng.normal()))
        const layers = [
          { weights: matrix(4, 3), bias: matrix(1, 4)[0], activation },
          { weights: matrix(3, 4), activation },
          { weights: matrix(2, 3) },
        ]
        const sample = (n: number) => ({ inputs: matrix(n, 3), labels: Array.from({ length: n }, (_, i) => i % 2) })
        const {
          layers: rungs,
          gap,
          lossLevel,
          norms,
          funnel,
          dropped,
        } = wassersteinChain(layers, sample(8), sample(11), { random: rng })
        expect(rungs.length).toBe(4)
        expect(dropped).toEqual({ train: 0, test: 3 })
        rungs.forEach(({ bound }, l) => {
          expect(bound).toBeGreaterThanOrEqual(Math.abs(gap) * (1 - 1e-12))
          if (l > 0) expect(bound).toBeLessThanOrEqual(rungs[l - 1].bound * (1 + 1e-12))
        })
        expect(lossLevel).toBeGreaterThanOrEqual(Math.abs(gap) * (1 - 1e-12))
        expect(lossLevel).toBeLessThanOrEqual(rungs[3].bound * (1 + 1e-12))
        expect(funnel.byBound).toBe(3)
        // No direction is stretched by more than the operator norm.
        layers.forEach(({ weights }, l) => {
          const x = weights[0].map(() => rng.normal())
          const image = weights.map((row) => row.reduce((sum, w, j) => sum + w * x[j], 0))
          expect(Math.hypot(...image)).toBeLessThanOrEqual(norms[l] * Math.hypot(...x) * (1 + 1e-12))
        })
      },
    ),
    { numRuns: 100 },
  )
})

test('a loss of the user is bounded by its own constant', () => {
  const [train, test_] = [3, 4].map((seed) => ({
    inputs: cloud(10, 2, seed),
    labels: Array.from({ length: 10 }, (_, i) => i % 2),
  }))
  const layers = [{ weights: [[1, 0.5]], activation: Math.abs, lipschitz: 1 }, { weights: [[2]] }]
  const { layers: rungs, gap } = wassersteinChain(layers, train, test_, {
    loss: (z, y) => Math.abs(z[0] - y),
    lossLipschitz: 1,
  })
  near(
    rungs.map(({ tail }) => tail),
    [2 * Math.hypot(1, 0.5), 2, 1],
    { absolute: 1e-12 },
  )
  rungs.forEach(({ bound }) => expect(bound).toBeGreaterThanOrEqual(Math.abs(gap)))
})

test('the joint metric bounds losses between 0 and 1 for any shares of the classes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 0.1, max: 3, noNaN: true }), (seed, labelCost) => {
      const rng = random(seed)
      const sample = (s: number) => ({
        inputs: cloud(9, 2, s),
        labels: Array.from({ length: 9 }, () => rng.integer(0, 2)),
      })
      const layers = [
        { weights: cloud(3, 2, seed + 2), activation: 'tanh' as const },
        { weights: cloud(1, 3, seed + 3) },
      ]
      const loss = ([z]: Float64Array, y: number) => Math.min(1, Math.abs(z - y))
      const options = { loss, lossLipschitz: 1, labelCost, lossRange: 1 }
      const { layers: rungs, gap, exact, dropped } = wassersteinChain(layers, sample(seed), sample(seed + 1), options)
      expect(exact).toBe(true)
      expect(dropped).toEqual({ train: 0, test: 0 })
      for (const { bound } of rungs) expect(bound).toBeGreaterThanOrEqual(Math.abs(gap) * (1 - 1e-12))
    }),
    { numRuns: 60 },
  )
  const a = { inputs: cloud(4, 2, 1), labels: [0, 1, 0, 1] }
  expect(() => wassersteinChain([{ weights: [[1, 1]] }], a, a, { labelCost: 1 })).toThrow(
    'wassersteinChain: lossRange must be',
  )
})
