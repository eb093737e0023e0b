import { dot, random } from '@opt/core'
import { distance, golden } from '@opt/testing'
import fc from 'fast-check'
import { affineSet, type Box, ball, box, halfSpace, l1Ball, orthant, type Simplex, simplex } from '../src/index.ts'
import { drawSet, KINDS, randomMetric, WITHOUT_METRIC } from './sets.ts'

for (const [k, example] of golden(import.meta.url, 'projections.json').cases.entries()) {
  const { domain, y, H, euclidean, mahalanobis } = example
  test(`golden projections ${k}: ${domain.type} in ${y.length} dimensions`, () => {
    const { type, ...options } = domain
    const set = type === 'ball' ? ball(options) : type === 'box' ? box(options) : simplex(options)
    expect(distance(set.project(y), euclidean)).toBeLessThan(1e-9)
    expect(distance(set.projectMetric(y, H), mahalanobis)).toBeLessThan(1e-9)
  })
}

const minus = (x: ArrayLike<number>, y: ArrayLike<number>) => Array.from(x, (v, i) => v - y[i])
const length = (x: ArrayLike<number>) => Math.sqrt(dot(x, x))

const cases = fc.record({
  kind: fc.constantFrom(...KINDS),
  dimension: fc.integer({ min: 1, max: 12 }),
  spread: fc.constantFrom(0, 0.5, 3, 50),
  condition: fc.constantFrom(1, 30, 1e4),
  ties: fc.boolean(),
  seed: fc.nat(1e9),
})
type Recipe = typeof cases extends fc.Arbitrary<infer T> ? T : never

function cook({ kind, dimension, spread, ties, seed }: Recipe) {
  const rng = random(seed)
  const set = drawSet(kind, dimension, rng)
  const draw = () => set.center().map((c) => c + (ties ? Math.round(rng.normal(0, spread)) : rng.normal(0, spread)))
  return { rng, set, y: draw(), draw }
}

describe('three thousand random projections', () => {
  test('are nearest points: <H (y - x), u - x> <= 0 for all points u of the set', () => {
    fc.assert(
      fc.property(cases, (recipe) => {
        const { rng, set, y, draw } = cook(recipe)
        const n = set.dimension
        const metric = WITHOUT_METRIC.includes(set.kind) ? undefined : randomMetric(n, recipe.condition, rng)
        for (const H of metric ? [undefined, metric] : [undefined]) {
          const x = H ? set.projectMetric(y, H) : set.project(y)
          expect(set.contains(x, 1e-9 * (1 + recipe.spread))).toBe(true)
          const gap = minus(y, x)
          const slope = H ? H.map((row) => dot(row, gap)) : gap
          const terms = Math.max(...(H ?? [[1]]).flat().map(Math.abs)) * length(gap)
          const rounding = 1e-14 * (1 + Math.max(...y.map(Math.abs))) * (H ? recipe.condition : 1)
          const points = [set.center(), set.project(draw()), set.project(draw())]
          const most = Math.max(...points.map((u) => dot(slope, minus(u, x))))
          const size = 1 + Math.max(...points.map((u) => length(minus(u, x))))
          expect(most).toBeLessThan((1e-10 * (terms * n + length(slope)) + rounding) * size)
          // The support function tries all points at once.
          if (set.diameter === Infinity) continue
          const hardest = set.support(slope) - dot(slope, x)
          expect(hardest).toBeLessThan((1e-10 * (terms * n + length(slope)) + rounding) * (1 + set.diameter))
        }
      }),
      { numRuns: 3000, seed: 9 },
    )
  })

  test('are idempotent and nonexpansive, and leave points inside alone', () => {
    fc.assert(
      fc.property(cases, (recipe) => {
        const { set, y, draw } = cook(recipe)
        const other = draw()
        const [x, z] = [set.project(y), set.project(other)]
        const rounding = 1e-13 * (1 + Math.max(...y.map(Math.abs), ...other.map(Math.abs)))
        expect(distance(set.project(x), x)).toBeLessThan(rounding)
        expect(length(minus(x, z))).toBeLessThan(length(minus(y, other)) + rounding)
        if (set.isInside(y)) expect(x).toEqual(y)
        const inPlace = y.slice()
        set.projectInPlace(inPlace)
        expect(inPlace).toEqual(x)
      }),
      { numRuns: 1000, seed: 10 },
    )
  })
})

test('the support function is the maximum over the corners, and positively homogeneous', () => {
  fc.assert(
    fc.property(cases, fc.constantFrom(1e-290, 1e-3, 7, 1e290), (recipe, scale) => {
      const { set, rng } = cook(recipe)
      const g = Array.from({ length: set.dimension }, () => rng.normal())
      const value = set.support(g)
      const reached = dot(g, set.project(g.map((v, i) => set.center()[i] + 1e7 * v)))
      if (set.kind === 'orthant') expect(value).toBe(g.every((v) => v <= 0) ? 0 : Infinity)
      else if (set.diameter < Infinity) {
        const size = length(g) * (set.diameter + length(set.center()))
        expect(reached).toBeLessThan(value + 1e-8 * size)
        expect(reached).toBeGreaterThan(value - (set.diameter * set.diameter) / 1e7 - 1e-8 * size)
      } else if (set.dimension > 1) expect(value).toBe(Infinity)
      const scaled = set.support(g.map((v) => v * scale)) / scale
      if (value < Infinity) expect(Math.abs(scaled - value)).toBeLessThan(1e-12 * (1 + Math.abs(value)))
      else expect(scaled).toBe(Infinity)
    }),
    { numRuns: 1000, seed: 11 },
  )
  const corners = (g: number[]) => [-1, 1].flatMap((a) => [-2, 5].flatMap((b) => [0, 3].map((c) => dot(g, [a, b, c]))))
  const rng = random(1)
  for (let k = 0; k < 50; k++) {
    const g = [rng.normal(), rng.normal(), rng.normal()]
    expect(box({ lower: [-1, -2, 0], upper: [1, 5, 3] }).support(g)).toBeCloseTo(Math.max(...corners(g)), 12)
    expect(simplex({ dimension: 3, total: 2 }).support(g)).toBeCloseTo(2 * Math.max(...g), 12)
    const ends = g.flatMap((v, i) => [-2, 2].map((s) => g[0] - g[2] + s * v + 0 * i))
    expect(l1Ball({ center: [1, 0, -1], radius: 2 }).support(g)).toBeCloseTo(Math.max(...ends), 12)
  }
})

test('a half-space and an affine set are bounded in the directions of their normals only', () => {
  const half = halfSpace({ normal: [3, -4], offset: 10 })
  expect(half.support([6, -8])).toBeCloseTo(20, 12)
  expect(half.support([0, 0])).toBe(0)
  expect(half.support([-3, 4])).toBe(Infinity)
  expect(half.support([3, -4.001])).toBe(Infinity)
  const line = affineSet({
    A: [
      [1, 1, 0],
      [0, 1, 1],
    ],
    b: [2, 3],
  })
  expect(line.support([2, 1, -1])).toBeCloseTo(1, 12)
  expect(line.support([-1, 0, 1])).toBeCloseTo(1, 12)
  expect(line.support([1, 0, 0])).toBe(Infinity)
})

test('rows of an affine set may depend on each other, but not contradict', () => {
  const A = [
    [1, 2, 3],
    [2, 4, 6],
    [0, 0, 0],
    [1, 0, -1],
  ]
  const plain = affineSet({ A: [A[0], A[3]], b: [6, 0] })
  const redundant = affineSet({ A, b: [6, 12, 0, 0] })
  expect(distance(redundant.project([5, -3, 2]), plain.project([5, -3, 2]))).toBeLessThan(1e-14)
  expect(() => affineSet({ A, b: [6, 13, 0, 0] })).toThrow(/^affineSet: b must be such that A x = b has a solution/)
  expect(() => affineSet({ A, b: [6, 12, 1e-300, 0] })).toThrow(/^affineSet: b/)
  const point = affineSet({
    A: [
      [1, 0],
      [1, 1],
    ],
    b: [2, 3],
  })
  expect(point.diameter).toBe(0)
  expect(distance(point.center(), [2, 1])).toBeLessThan(1e-15)
})

/** The projection onto an l1 ball around 0 by bisection on the threshold. */
function l1ByBisection(y: ArrayLike<number>, radius: number): number[] {
  const soft = (t: number) => Array.from(y, (v) => Math.sign(v) * Math.max(Math.abs(v) - t, 0))
  const norm = (t: number) => soft(t).reduce((sum, v) => sum + Math.abs(v), 0)
  if (norm(0) <= radius) return Array.from(y)
  let [low, high] = [0, Math.max(...Array.from(y, Math.abs))]
  for (let k = 0; k < 200; k++) {
    const middle = (low + high) / 2
    if (norm(middle) > radius) low = middle
    else high = middle
  }
  return soft(high)
}

test('the projection onto an l1 ball is the one that bisection finds', () => {
  const rng = random(5)
  for (const n of [1, 2, 5, 63, 64, 300, 2000])
    for (const radius of [1e-3, 1, 50]) {
      const y = Array.from({ length: n }, () => rng.normal())
      expect(distance(l1Ball({ dimension: n, radius }).project(y), l1ByBisection(y, radius))).toBeLessThan(1e-12)
    }
})

/** By sorting all entries (Held, Wolfe and Crowder, 1974). */
function simplexBySorting(y: Float64Array, total: number): Float64Array {
  const sorted = y.slice().sort()
  const n = y.length
  const top = sorted[n - 1]
  let [sum, threshold] = [0, 0]
  for (let k = 1; k <= n; k++) {
    const u = sorted[n - k] - top
    sum += u
    const t = (sum - total) / k
    if (!(u > t)) break
    threshold = t
  }
  return y.map((v) => Math.max(v - top - threshold, 0))
}

test('the projection onto a simplex has the bits of sorting all entries', () => {
  const draws: Record<string, (rng: ReturnType<typeof random>) => number> = {
    normal: (rng) => rng.normal(),
    uniform: (rng) => rng.uniform(0, 1e-3),
    ties: (rng) => rng.integer(0, 4) / 8,
    near: (rng) => 1e-323 * rng.integer(0, 5),
    wild: (rng) => rng.normal() * 10 ** rng.integer(-200, 200),
    constant: () => 3,
  }
  const rng = random(6)
  for (const draw of Object.values(draws))
    for (const n of [2, 63, 64, 65, 1000])
      for (const total of [5e-324, 1e-322, 1e-300, 1e-6, 1, 40, 1e6, 1e300]) {
        const y = Float64Array.from({ length: n }, () => draw(rng))
        expect(simplex({ dimension: n, total }).project(y)).toEqual(simplexBySorting(y, total))
      }
})

test('a metric projection on a box that is partly flat keeps the flat side', () => {
  const flat: Box = box({ lower: [0, -1, 0], upper: [0, 1, 5] })
  const H = [
    [2, 1, 0],
    [1, 3, 0.5],
    [0, 0.5, 1],
  ]
  const x = flat.projectMetric([3, 4, -2], H)
  expect(x[0]).toBe(0)
  expect(flat.contains(x)).toBe(true)
})

test('what sets say of themselves', () => {
  const triangle: Simplex = simplex({ dimension: 3, total: 2 })
  expect(triangle.total).toBe(2)
  expect(triangle.diameter).toBeCloseTo(2 * Math.SQRT2, 15)
  expect(l1Ball({ dimension: 4, radius: 3 }).diameter).toBe(6)
  expect([...halfSpace({ normal: [0, 2], offset: -6 }).center()]).toEqual([-0, -3])
  expect([...orthant({ dimension: 2 }).center()]).toEqual([0, 0])
  expect(orthant({ dimension: 2 }).contains([5, -1e-300])).toBe(true)
  expect(orthant({ dimension: 2 }).contains([5, -1e-6])).toBe(false)
  expect(() => l1Ball({ dimension: 1 }).projectMetric([1], [[1]])).toThrow(/^l1Ball.projectMetric/)
  expect(() => halfSpace({ normal: [0, 0], offset: 1 })).toThrow(/^halfSpace: normal must be nonzero/)
  expect(() => halfSpace({ normal: [1e-300], offset: 1e300 })).toThrow(/^halfSpace: offset/)
  expect(() => l1Ball({ dimension: 1, radius: 1e308 })).toThrow(/^l1Ball: diameter must be a finite number/)
})
