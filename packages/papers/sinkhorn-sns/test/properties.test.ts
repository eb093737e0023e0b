import { random } from '@opt/core'
import fc from 'fast-check'
import ndarray from 'ndarray'
import { droppedMass, roundPlan, sinkhorn, sinkhornNewton, transportBounds } from '../src/index.ts'

/**
 * Ten families of costs, marginals with and without zeros, sizes 1 to 60, epsilon over four decades of the cost's
 * range.
 */
const problems = fc.record({
  n: fc.integer({ min: 1, max: 60 }),
  m: fc.integer({ min: 1, max: 60 }),
  family: fc.integer({ min: 0, max: 9 }),
  marginals: fc.constantFrom('uniform', 'dirichlet', 'zeros', 'tiny'),
  decade: fc.double({ min: -4, max: 0, noNaN: true }),
  seed: fc.nat(1e9),
})
type Recipe = typeof problems extends fc.Arbitrary<infer T> ? T : never

function cook({ n, m, family, marginals, decade, seed }: Recipe) {
  const rng = random(seed)
  const [x, y] = [n, m].map((k) => Float64Array.from({ length: k }, () => rng.uniform()))
  const [s, t] = [n, m].map((k) => Float64Array.from({ length: k }, () => rng.normal()))
  const entry = [
    () => rng.uniform(),
    (i: number, j: number) => (x[i] - y[j]) ** 2,
    (i: number, j: number) => Math.abs(x[i] - y[j]),
    () => rng.integer(0, 5),
    () => 3,
    () => rng.normal() * 100,
    () => 1 / (1e-3 + rng.uniform()),
    (i: number, j: number) => s[i] * t[j],
    (i: number, j: number) => (i % 7 === j % 7 ? 0 : 1),
    () => 1e6 + rng.uniform(),
  ][family]
  const cost = ndarray(new Float64Array(n * m), [n, m])
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) cost.set(i, j, entry(i, j))
  const masses = (k: number) => {
    const w = Float64Array.from({ length: k }, () => {
      if (marginals === 'uniform') return 1
      const u = rng.uniform() + 1e-9
      if (marginals === 'dirichlet') return u ** 10
      if (marginals === 'tiny') return rng.uniform() < 0.3 ? 1e-12 : u
      return rng.uniform() < 0.4 ? 0 : u
    })
    if (!w.some((v) => v > 0)) w[0] = 1
    const total = w.reduce((sum, v) => sum + v, 0)
    return w.map((v) => v / total)
  }
  const range = cost.data.reduce((h, c) => Math.max(h, c)) - cost.data.reduce((l, c) => Math.min(l, c))
  return { cost, a: masses(n), b: masses(m), epsilon: 10 ** decade * (range || 1) }
}

const sums = (plan: { data: Float64Array; shape: number[] }) => {
  const [n, m] = plan.shape
  const r = new Float64Array(n)
  const c = new Float64Array(m)
  plan.data.forEach((p, k) => {
    r[Math.floor(k / m)] += p
    c[k % m] += p
  })
  return { r, c }
}
const l1 = (x: Float64Array, y: Float64Array) => x.reduce((s, v, i) => s + Math.abs(v - y[i]), 0)
const close = (x: ArrayLike<number>, y: ArrayLike<number>, tolerance: number) =>
  Array.from(x).every((v, i) => Math.abs(v - y[i]) <= tolerance)

describe('sinkhornNewton on random problems', () => {
  test('converges; the plan is what it says it is; the caller’s arrays stay as they were', () => {
    fc.assert(
      fc.property(problems, (recipe) => {
        const { cost, a, b, epsilon } = cook(recipe)
        const before = [cost.data.slice(), a.slice(), b.slice()]
        const s = sinkhornNewton(cost, a, b, { epsilon })
        expect(s.status).toBe('converged')
        expect(s.error).toBeLessThanOrEqual(1.001e-9)

        const plan = s.plan()
        const { r, c } = sums(plan)
        expect(Math.abs(l1(r, a) + l1(c, b) - s.error)).toBeLessThan(1e-13)
        expect(plan.data.every((p) => p >= 0)).toBe(true)
        a.forEach((mass, i) => mass > 0 || expect(s.planRow(i).every((p) => p === 0)).toBe(true))
        expect(s.f.every(Number.isFinite) && s.g.every(Number.isFinite)).toBe(true)
        const paid = plan.data.reduce((sum, p, k) => sum + p * cost.data[k], 0)
        const size = cost.data.reduce((h, v) => Math.max(h, Math.abs(v)), 0)
        expect(Math.abs(paid - s.cost)).toBeLessThan(1e-11 * Math.max(1, size))
        expect(Math.abs(s.cost + epsilon * s.kl - s.value)).toBeLessThan(1e-7 * Math.max(1, size))
        expect([cost.data, a, b]).toEqual(before)
      }),
      { numRuns: 500, seed: 20261124 },
    )
  })

  test('brackets the exact optimum', () => {
    fc.assert(
      fc.property(problems, (recipe) => {
        const { cost, a, b, epsilon } = cook(recipe)
        const s = sinkhornNewton(cost, a, b, { epsilon })
        const { lower, upper, gap } = transportBounds(cost, a, b, { ...s, plan: s.plan(), epsilon })
        const size = 1e-9 * cost.data.reduce((h, v) => Math.max(h, Math.abs(v)), 1)
        expect(lower).toBeLessThanOrEqual(upper)
        expect(gap).toBeGreaterThan(-size)
      }),
      { numRuns: 150, seed: 1 },
    )
  })
})

describe('invariances', () => {
  const smooth = problems.filter(({ decade }) => decade > -2.5)
  const options = (epsilon: number) => ({ epsilon, tolerance: 1e-12 })
  const runs = { numRuns: 80, seed: 2 }

  test('permuting the rows permutes the plan; transposing transposes it', () => {
    fc.assert(
      fc.property(smooth, (recipe) => {
        const { cost, a, b, epsilon } = cook(recipe)
        const [n, m] = cost.shape
        const order = random(recipe.seed).permutation(n)
        const shuffled = ndarray(new Float64Array(n * m), [n, m])
        order.forEach((from, to) => {
          for (let j = 0; j < m; j++) shuffled.set(to, j, cost.get(from, j))
        })
        const s = sinkhornNewton(cost, a, b, options(epsilon))
        const p = sinkhornNewton(
          shuffled,
          Float64Array.from(order, (i) => a[i]),
          b,
          options(epsilon),
        )
        order.forEach((from, to) => expect(close(p.planRow(to), s.planRow(from), 1e-10)).toBe(true))
        const q = sinkhornNewton(cost.transpose(1, 0), b, a, options(epsilon)).plan()
        const plan = s.plan()
        for (let i = 0; i < n; i++)
          for (let j = 0; j < m; j++) expect(Math.abs(q.get(j, i) - plan.get(i, j))).toBeLessThan(1e-10)
      }),
      runs,
    )
  })

  test('adding to rows and columns of the cost moves only the potentials; scaling cost and epsilon changes nothing', () => {
    fc.assert(
      fc.property(smooth, fc.constantFrom(1e-100, 1e-3, 7, 1e100), (recipe, factor) => {
        const { cost, a, b, epsilon } = cook(recipe)
        const [n, m] = cost.shape
        const plan = sinkhornNewton(cost, a, b, options(epsilon)).plan().data
        const tilted = ndarray(
          cost.data.map((c, k) => c + epsilon * (Math.floor(k / m) % 3) - epsilon * ((k % m) % 2)),
          [n, m],
        )
        expect(close(sinkhornNewton(tilted, a, b, options(epsilon)).plan().data, plan, 1e-9)).toBe(true)
        const scaled = ndarray(
          cost.data.map((c) => c * factor),
          [n, m],
        )
        const s = sinkhornNewton(scaled, a, b, options(epsilon * factor))
        expect(close(s.plan().data, plan, 1e-9)).toBe(true)
      }),
      runs,
    )
  })

  test('masses of another sum scale the plan', () => {
    const { cost, a, b, epsilon } = cook({ n: 7, m: 9, family: 1, marginals: 'uniform', decade: -1, seed: 5 })
    const plan = sinkhornNewton(cost, a, b, options(epsilon)).plan().data
    const s = sinkhornNewton(
      cost,
      a.map((v) => 1e6 * v),
      b.map((v) => 1e6 * v),
      options(epsilon),
    )
    expect(
      close(
        s.plan().data,
        plan.map((p) => 1e6 * p),
        1e-5,
      ),
    ).toBe(true)
    const ab = (i: number, j: number) => 1e12 * a[i] * b[j]
    expect(ab(2, 3) * Math.exp((s.f[2] + s.g[3] - cost.get(2, 3)) / epsilon)).toBeCloseTo(s.plan().get(2, 3), 5)
    expect(Math.abs(s.cost + epsilon * s.kl - s.value) / Math.abs(s.value)).toBeLessThan(1e-10)
  })
})

describe('the baselines', () => {
  test('agree with Newton wherever they converge, and over-relaxation with them', () => {
    fc.assert(
      fc.property(
        problems.filter(({ decade }) => decade > -2),
        (recipe) => {
          const { cost, a, b, epsilon } = cook(recipe)
          const plan = sinkhornNewton(cost, a, b, { epsilon, tolerance: 1e-12 }).plan().data
          for (const how of [
            { domain: 'log' },
            { domain: 'kernel' },
            { relaxation: 'auto' },
            { relaxation: 1.5 },
          ] as const) {
            const s = sinkhorn(cost, a, b, { epsilon, ...how, tolerance: 1e-11, maxIterations: 3000 })
            if (s.status === 'converged') expect(close(s.plan().data, plan, 1e-7)).toBe(true)
          }
        },
      ),
      { numRuns: 100, seed: 3 },
    )
  })
})

describe('roundPlan', () => {
  test('has the marginals exactly, whatever it is given, and moves little', () => {
    fc.assert(
      fc.property(problems, (recipe) => {
        const { cost, a, b } = cook(recipe)
        const [n, m] = cost.shape
        const rng = random(recipe.seed)
        const rough = ndarray(
          Float64Array.from({ length: n * m }, (_, k) => a[Math.floor(k / m)] * b[k % m] * rng.uniform(0.9, 1.1)),
          [n, m],
        )
        const { r, c } = sums(rough)
        const rounded = roundPlan(rough, a, b)
        const exact = sums(rounded)
        expect(l1(exact.r, a) + l1(exact.c, b)).toBeLessThan(1e-13)
        expect(rounded.data.every((p) => p >= 0)).toBe(true)
        expect(l1(rounded.data, rough.data)).toBeLessThanOrEqual(2 * (l1(r, a) + l1(c, b)) + 1e-13)
      }),
      { numRuns: 300, seed: 4 },
    )
  })
})

test('droppedMass is what the largest entries leave over', () => {
  expect(droppedMass([0.5, 0.1, 0.3, 0.1], 2)).toBeCloseTo(0.2, 15)
  expect(droppedMass([0.5, 0.5], 5)).toBe(0)
})
