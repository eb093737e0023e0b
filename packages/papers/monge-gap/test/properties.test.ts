import { type Random, random } from '@opt/core'
import { mlp } from '@opt/nn'
import { sinkhorn } from '@opt/sinkhorn-sns'
import fc from 'fast-check'
import {
  type Cost,
  cosine,
  elasticL1,
  euclidean,
  euclideanP,
  exactMongeGap,
  geodesic,
  learnMap,
  mapLoss,
  mongeGap,
  pNormP,
  pointCost,
  sinkhornDivergence,
  sqEuclidean,
  sqPNorm,
  structured,
} from '../src/index.ts'
import { largestDifference } from './shared.ts'

const COSTS: [string, () => Cost][] = [
  ['sqEuclidean', sqEuclidean],
  ['euclidean', euclidean],
  ['euclideanP(1.7)', () => euclideanP(1.7)],
  ['pNormP(1)', () => pNormP(1)],
  ['pNormP(2.5)', () => pNormP(2.5)],
  ['sqPNorm(1)', () => sqPNorm(1)],
  ['sqPNorm(1.5)', () => sqPNorm(1.5)],
  ['elasticL1(0.3, 2)', () => elasticL1(0.3, 2)],
  ['cosine', cosine],
  ['geodesic(1)', () => geodesic(1)],
  ['geodesic(2)', () => geodesic(2)],
]

const cloud = (rng: Random, n: number, d: number, unit = false): number[][] =>
  Array.from({ length: n }, () => {
    const p = Array.from({ length: d }, () => rng.normal())
    const norm = Math.hypot(...p)
    return unit ? p.map((v) => v / norm) : p
  })

const seeds = fc.integer({ min: 0, max: 2 ** 30 })
const total = (values: Iterable<number>): number => [...values].reduce((s, v) => s + v, 0)

describe.each(COSTS)('with %s', (name, make) => {
  const cost = make()
  const unit = name.startsWith('geodesic')

  test('the gap has its bounds, and the exact one is the best of all permutations', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 3 }), (seed, n, d) => {
        const rng = random(seed)
        const dimension = unit ? Math.max(2, d) : d
        const [x, y] = [cloud(rng, n, dimension, unit), cloud(rng, n, dimension, unit)]
        const exact = exactMongeGap(x, y, { cost })
        expect(exact.gap).toBeGreaterThanOrEqual(0)
        expect(exact.gap - (exact.displacement - exact.transport)).toBeCloseTo(0, 12)
        let least = Infinity
        for (const s of permutations(n)) least = Math.min(least, total(s.map((j, i) => costOf(cost, x[i], y[j]))) / n)
        expect(Math.abs(exact.transport - least)).toBeLessThan(1e-12 * (1 + least))

        const epsilon = 0.3
        const { gap, gapKL, status } = mongeGap(x, y, { cost, epsilon, tolerance: 1e-9 })
        expect(status).toBe('converged')
        const slack = 1e-7
        const spread = epsilon * Math.log(n)
        expect(gap).toBeGreaterThan(exact.gap + spread - slack)
        expect(gap).toBeLessThan(exact.gap + 2 * spread + slack)
        expect(gapKL).toBeGreaterThan(exact.gap - spread - slack)
        expect(gapKL).toBeLessThan(exact.gap + slack)
      }),
      { numRuns: 100 },
    )
  })

  // Riemannian gradients are tested along the sphere.
  const moved = (y: number[][], v: number[][], t: number) =>
    y.map((row, i) => {
      const to = row.map((u, k) => u + t * v[i][k])
      const norm = Math.hypot(...to)
      return unit ? to.map((u) => u / norm) : to
    })
  const tangent = (y: number[][], v: number[][]) =>
    unit
      ? v.map((row, i) => {
          const along = total(row.map((u, k) => u * y[i][k]))
          return row.map((u, k) => u - along * y[i][k])
        })
      : v

  test('the gradients of gap and divergence are their differences', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rng = random(seed)
        const [n, m, d] = [5, 4, 3]
        const [x, y, z] = [cloud(rng, n, d, unit), cloud(rng, n, d, unit), cloud(rng, m, d, unit)]
        const v = tangent(y, cloud(rng, n, d))
        const raw = Array.from({ length: n }, () => rng.uniform(0.2, 1))
        const weights = raw.map((w) => w / total(raw))
        const h = 1e-5
        const settings = { cost, epsilon: 0.2, tolerance: 1e-12 }
        const along = (G: ArrayLike<number>) => total(v.flat().map((u, k) => u * G[k]))
        const gapAt = (t: number) => mongeGap(x, moved(y, v, t), { ...settings, weights })
        const slope = (gapAt(h).gap - gapAt(-h).gap) / (2 * h)
        expect(Math.abs(along(gapAt(0).gradient.data) - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope)))
        const at = (t: number) => sinkhornDivergence(moved(y, v, t), z, { ...settings, weightsY: weights })
        const rise = (at(h).divergence - at(-h).divergence) / (2 * h)
        expect(Math.abs(along(at(0).gradient.data) - rise)).toBeLessThan(1e-6 * (1 + Math.abs(rise)))
      }),
      { numRuns: 8 },
    )
  })

  test('a cost of two functions of a pair is the same', () => {
    const own = pointCost({
      name: 'own',
      value: (x, y) => costOf(cost, x, y),
      gradient: (x, y) => {
        const out = new Float64Array(y.length)
        cost.pairGradient(Float64Array.from(x), Float64Array.from(y), y.length, Float64Array.of(1), out)
        return out
      },
    })
    const rng = random(4)
    const [x, y] = [cloud(rng, 6, 3, unit), cloud(rng, 6, 3, unit)]
    const [ours, theirs] = [cost, own].map((c) => mongeGap(x, y, { cost: c, epsilon: 0.5 }))
    expect(Math.abs(theirs.gap - ours.gap)).toBeLessThan(1e-12)
    expect(largestDifference(theirs.gradient.data, ours.gradient.data)).toBeLessThan(1e-12)
  })

  if (cost.twist)
    test('the twist inverts the gradient of h, and its pullback is its derivative', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const rng = random(seed)
          const d = 3
          // -d2c(z, 0) = grad h(z)
          const z = Float64Array.from({ length: d }, () => rng.normal())
          const v = new Float64Array(d)
          cost.pairGradient(z, new Float64Array(d), d, Float64Array.of(-1), v)
          const back = new Float64Array(d)
          cost.twist?.displacement(v, d, back)
          expect(largestDifference(back, z)).toBeLessThan(1e-9)

          const w = Float64Array.from({ length: d }, () => rng.normal() + Math.sign(rng.normal()))
          const [c, u] = [rng, rng].map((r) => Float64Array.from({ length: d }, () => r.normal()))
          const h = 1e-6
          const at = (t: number) => {
            const out = new Float64Array(d)
            cost.twist?.displacement(
              w.map((wk, k) => wk + t * u[k]),
              d,
              out,
            )
            return total(out.map((o, k) => o * c[k]))
          }
          const pulled = new Float64Array(d)
          cost.twist?.pullback(w, c, d, pulled)
          const slope = (at(h) - at(-h)) / (2 * h)
          expect(Math.abs(total(pulled.map((p, k) => p * u[k])) - slope)).toBeLessThan(1e-4 * (1 + Math.abs(slope)))
        }),
        { numRuns: 100 },
      )
    })
})

const permutations = (n: number): number[][] =>
  n === 0
    ? [[]]
    : permutations(n - 1).flatMap((s) =>
        Array.from({ length: n }, (_, at) => [...s.slice(0, at), n - 1, ...s.slice(at)]),
      )

function costOf(cost: Cost, x: ArrayLike<number>, y: ArrayLike<number>): number {
  const out = new Float64Array(1)
  cost.pairs(Float64Array.from(x), Float64Array.from(y), x.length, out)
  return out[0]
}

test('the gap of an optimal map is within its bounds of 0 and the gradient of the exact one vanishes', () => {
  // Increasing maps on a line are optimal for convex costs of the difference.
  const x = Array.from({ length: 20 }, (_, i) => [i / 10])
  const y = x.map(([v]) => [v * v * v])
  expect(exactMongeGap(x, y).gap).toBe(0)
  const { gap, gapKL, plan } = mongeGap(x, y, { epsilon: 1e-3, tolerance: 1e-9 })
  expect(gap).toBeLessThan(2e-3 * Math.log(20) + 1e-9)
  expect(gapKL).toBeLessThan(1e-9)
  for (const row of [0, 7]) expect(total(Array.from({ length: 20 }, (_, j) => plan().get(row, j)))).toBeCloseTo(0.05, 9)
})

test('converged is what the plan itself says', () => {
  const rng = random(8)
  const [x, y] = [cloud(rng, 15, 2), cloud(rng, 15, 2)]
  const { status, plan, error } = mongeGap(x, y, { tolerance: 1e-8 })
  const P = plan()
  let off = 0
  for (let i = 0; i < 15; i++) {
    off += Math.abs(total(Array.from({ length: 15 }, (_, j) => P.get(i, j))) - 1 / 15)
    off += Math.abs(total(Array.from({ length: 15 }, (_, j) => P.get(j, i))) - 1 / 15)
  }
  expect(status).toBe('converged')
  expect(off).toBeLessThan(1.1e-8)
  expect(Math.abs(off - error)).toBeLessThan(1e-12)
  const early = mongeGap(x, y, { tolerance: 1e-14, maxIterations: 2 })
  expect(early.status).toBe('max-iterations')
  expect(early.error).toBeGreaterThan(1e-14)
})

test('potentials of an answer are a warm start, here and in sinkhorn-sns', () => {
  const rng = random(9)
  const [x, y] = [cloud(rng, 30, 2), cloud(rng, 30, 2)]
  const cold = mongeGap(x, y, { tolerance: 1e-9 })
  const warm = mongeGap(x, y, { tolerance: 1e-9, initial: cold, epsilon: cold.epsilon })
  expect(warm.iterations).toBeLessThanOrEqual(2)
  expect(Math.abs(warm.gap - cold.gap)).toBeLessThan(1e-9)
  const C = x.map((p) => y.map((q) => costOf(sqEuclidean(), p, q)))
  const a = x.map(() => 1 / 30)
  expect(sinkhorn(C, a, a, { epsilon: cold.epsilon, initial: cold, tolerance: 1e-7 }).iterations).toBeLessThan(5)
  const z = cloud(rng, 25, 2)
  const first = sinkhornDivergence(y, z, { tolerance: 1e-9 })
  const { potentials: initial, selfZ, epsilon } = first
  const again = sinkhornDivergence(y, z, { tolerance: 1e-9, initial, selfZ, epsilon })
  expect(again.iterations).toBeLessThan(first.iterations / 2)
  expect(Math.abs(again.divergence - first.divergence)).toBeLessThan(1e-9)
})

test('at equal measures the divergence and its gradient are exactly 0: reordered, and with masses split', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 7 }), (seed, n) => {
      const rng = random(seed)
      const y = cloud(rng, n, 2)
      for (const cost of [sqEuclidean(), euclidean()]) {
        const order = rng.permutation(n)
        const z = Array.from(order, (i) => y[i])
        const { divergence, gradient, status } = sinkhornDivergence(y, z, { cost, epsilon: 0.1 })
        expect(status).toBe('converged')
        expect([divergence, ...gradient.data].every((v) => v === 0)).toBe(true)
      }
      const doubled = [...y, ...y]
      const { divergence, gradient } = sinkhornDivergence(y, doubled, { epsilon: 0.1 })
      expect([divergence, ...gradient.data].every((v) => v === 0)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('the divergence is nonnegative, symmetric, and 0 only for equal measures', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const [y, z] = [cloud(rng, 6, 2), cloud(rng, 5, 2)]
      const [one, other] = [
        sinkhornDivergence(y, z, { epsilon: 0.3, tolerance: 1e-9 }),
        sinkhornDivergence(z, y, { epsilon: 0.3, tolerance: 1e-9 }),
      ]
      expect(one.divergence).toBeGreaterThan(1e-6)
      expect(Math.abs(one.divergence - other.divergence)).toBeLessThan(1e-7)
    }),
    { numRuns: 60 },
  )
})

test('the loss of a map is the sum of the public parts, from call to call', () => {
  const rng = random(12)
  const [x, z] = [cloud(rng, 20, 2), cloud(rng, 15, 2)]
  const cost = euclidean()
  const loss = mapLoss(x, z, { cost, strength: 2, epsilonFitting: 0.3, epsilonGap: 0.2, sinkhornTolerance: 1e-10 })
  for (let k = 0; k < 4; k++) {
    const y = cloud(rng, 20, 2)
    const value = loss(y)
    const fit = sinkhornDivergence(y, z, { epsilon: 0.3, tolerance: 1e-10 })
    const gap = mongeGap(x, y, { cost, epsilon: 0.2, tolerance: 1e-10 })
    expect(Math.abs(value.fit - fit.divergence)).toBeLessThan(1e-8)
    expect(Math.abs((value.gap ?? 0) - gap.gap)).toBeLessThan(1e-8)
    expect(value.loss).toBeCloseTo(value.fit + 2 * (value.gap ?? 0), 12)
    const wanted = fit.gradient.data.map((v, i) => v + 2 * gap.gradient.data[i])
    expect(largestDifference(value.gradient.data, wanted)).toBeLessThan(1e-8)
    expect(value.sinkhornError).toBeLessThan(1e-9)
  }
})

describe.each(['free', 'sphere', 'exponential', 'sqEuclidean', 'elasticL1', 'sqPNorm'] as const)(
  'the output %s',
  (name) => {
    test('has the gradient of its loss in the parameters', () => {
      const rng = random(21)
      const onSphere = name === 'sphere' || name === 'exponential'
      const [x, z] = [cloud(rng, 6, 3, onSphere), cloud(rng, 5, 3, onSphere)]
      const cost = onSphere
        ? geodesic(2)
        : name === 'elasticL1'
          ? elasticL1(0.2)
          : name === 'sqPNorm'
            ? sqPNorm(1.5)
            : sqEuclidean()
      const output = onSphere || name === 'free' ? name : structured(cost)
      const network = mlp({ sizes: [3, 5, 3], activation: 'tanh', loss: 'squared', seed: 4 })
      const start = network.parameters.slice()
      const measure = (keep?: (g: Float64Array) => void) => {
        const optimizer = { step: (g: Float64Array) => keep?.(g) }
        const settings = {
          output,
          cost,
          optimizer,
          steps: 1,
          epsilonFitting: 0.3,
          epsilonGap: 0.3,
          sinkhornTolerance: 1e-12,
        }
        return learnMap(network, x, z, { ...settings, sinkhornIterations: 1e5 }).history[0].loss
      }
      let gradient = new Float64Array(0)
      measure((g) => {
        gradient = g.slice()
      })
      const h = 1e-5
      for (let k = 0; k < start.length; k += 3) {
        const at = (t: number) => {
          network.parameters.set(start)
          network.parameters[k] += t
          return measure()
        }
        const slope = (at(h) - at(-h)) / (2 * h)
        expect(Math.abs(gradient[k] - slope)).toBeLessThan(1e-6)
      }
    })
  },
)
