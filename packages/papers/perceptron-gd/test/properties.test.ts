import { type Random, random } from '@opt/core'
import { centralDifference } from '@opt/testing'
import fc from 'fast-check'
import {
  bounds,
  type Dataset,
  dataset,
  decision,
  hardInstance,
  logisticDescent,
  margin,
  normalizedDescent,
  perceptron,
  predict,
  separableInstance,
  smoothness,
} from '../src/index.ts'

const seeds = fc.integer({ min: 0, max: 1e9 })
const settings = { numRuns: 300, seed: 1 }
const dot = (x: ArrayLike<number>, y: ArrayLike<number>) => Array.from(x).reduce((s, v, j) => s + v * y[j], 0)

/** Random rows z with entries of many sizes; separable or not. */
const rowsOf = (rng: Random, n: number, d: number) =>
  Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal()))
const raw = (Z: number[][]) => dataset({ features: Z, labels: Z.map(() => 1), intercept: false })

/** The largest margin in the plane, over all directions at which two rows tie or one is alone. */
function planarMargin(Z: number[][]): number {
  let best = -Infinity
  const candidates = Z.flatMap((a) => [a, ...Z.map((b) => [b[1] - a[1], a[0] - b[0]])])
  for (const [x, y] of candidates)
    for (const sign of [1, -1]) {
      const length = Math.hypot(x, y)
      if (length > 0) best = Math.max(best, Math.min(...Z.map((z) => (sign * (z[0] * x + z[1] * y)) / length)))
    }
  return best
}

test('the margin in the plane is the one of brute force, or is proven not to exist', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const Z = rowsOf(rng, rng.integer(1, 12), 2)
      if (rng.uniform() < 0.6) for (const z of Z) z[0] = Math.abs(z[0]) + 0.05
      const mu = planarMargin(Z)
      const { status, marginLower, marginUpper, theta, weights } = margin(raw(Z))
      if (mu > 1e-6) {
        expect(status).toBe('converged')
        expect(Math.abs(marginUpper - mu)).toBeLessThan(1e-8)
        expect(marginLower).toBeLessThanOrEqual(mu * (1 + 1e-12))
        expect(Math.min(...Z.map((z) => dot(z, theta)))).toBeGreaterThanOrEqual(marginLower)
      } else if (mu <= 0) {
        expect(status).toBe('infeasible')
        expect(marginLower).toBeLessThanOrEqual(0)
      }
      // The certificate is what it says: a convex combination of the rows of that length.
      expect(weights.every((v) => v >= 0)).toBe(true)
      expect(weights.reduce((s, v) => s + v, 0)).toBeCloseTo(1, 12)
      const point = [0, 1].map((j) => Z.reduce((s, z, i) => s + weights[i] * z[j], 0))
      expect(Math.hypot(point[0], point[1])).toBeLessThanOrEqual(marginUpper * (1 + 1e-9) + 1e-15)
    }),
    settings,
  )
})

const draw = (rng: Random): Dataset => {
  const d = rng.integer(2, 9)
  return dataset({
    ...separableInstance(rng, { n: rng.integer(1, 30), d, margin: 0.05 + 0.2 * rng.uniform() }),
    intercept: rng.uniform() < 0.5,
  })
}

test('every method separates within its bound at every step size, and its bounds enclose the margin', () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(1e-3, 0.3, 10, 1e5, 1e12, Infinity), (seed, stepSize) => {
      const data = draw(random(seed))
      const { margin: mu, marginLower } = margin(data)
      const L = smoothness(data)
      const bound = bounds({ n: data.n, radius: data.radius, margin: marginLower, stepSize, smoothness: L })
      const limits = { stepSize, maxIterations: 3000 }
      for (const [answer, most] of [
        [logisticDescent(data, limits), Math.min(bound.gradientDescent, bound.smallStep ?? Infinity)],
        [normalizedDescent(data, limits), bound.normalized],
        [perceptron(data), Infinity],
      ] as const) {
        if (most > 3000 && most < Infinity) continue
        expect(answer.status).toBe('converged')
        expect(answer.iterations).toBeLessThanOrEqual(Math.ceil(most))
        expect(answer.marginLower).toBeLessThanOrEqual(mu * (1 + 1e-9))
        expect(answer.marginUpper).toBeGreaterThanOrEqual(mu * (1 - 1e-9))
        expect(answer.best.misclassified).toBe(0)
      }
      expect(perceptron(data).mistakes).toBeLessThanOrEqual(bound.perceptron)
    }),
    settings,
  )
})

test("a converged run says so of the plane it returns: recomputed from the caller's numbers", () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(0.5, 30, 1e6, Infinity), (seed, stepSize) => {
      const rng = random(seed)
      const d = rng.integer(2, 6)
      const { features, labels } = separableInstance(rng, { n: rng.integer(2, 25), d, margin: 0.05 })
      const data = dataset({ features, labels })
      for (const solve of [logisticDescent, normalizedDescent]) {
        const answer = solve(data, { stepSize, maxIterations: 5000 })
        const { theta, intercept, status, misclassified } = answer
        const decisions = decision(answer, features)
        decisions.forEach((value, i) => {
          const own = dot(features.data.slice(i * d, (i + 1) * d), theta) + intercept
          expect(Math.abs(value - own)).toBeLessThanOrEqual(1e-12 * (Math.abs(own) + 1 + Math.abs(intercept)))
        })
        const wrong = decisions.filter((value, i) => !(labels[i] * value > 0)).length
        expect(wrong).toBe(misclassified)
        expect(status === 'converged').toBe(wrong === 0)
        expect(predict(answer, features).filter((label, i) => label !== labels[i])).toHaveLength(wrong)
      }
    }),
    settings,
  )
})

test('a step is that of the formula: finite differences of the loss', () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(0.1, 3, 200), (seed, stepSize) => {
      const rng = random(seed)
      const Z = rowsOf(rng, rng.integer(1, 9), 3)
      const theta = [rng.normal(), rng.normal(), rng.normal()].map((v) => v / 3)
      const data = raw(Z)
      const options = { stepSize, start: { theta }, stopWhenSolved: false, maxIterations: 1 }
      const loss = (x: number[]) => Z.reduce((s, z) => s + Math.log1p(Math.exp(-dot(z, x))), 0) / Z.length
      const gradient = theta.map((_, j) => centralDifference(loss, theta, j))
      const p = Z.map((z) => 1 / (1 + Math.exp(dot(z, theta))))
      const mean = p.reduce((s, v) => s + v, 0) / Z.length
      const plain = logisticDescent(data, options)
      if (plain.status === 'infeasible') return
      const normalized = normalizedDescent(data, options)
      for (let j = 0; j < 3; j++) {
        expect(Math.abs((plain.theta[j] - theta[j]) / stepSize + gradient[j])).toBeLessThan(1e-8)
        expect(Math.abs((normalized.theta[j] - theta[j]) / stepSize + gradient[j] / mean)).toBeLessThan(1e-7 / mean)
      }
    }),
    settings,
  )
})

test('sparse rows give the answers of dense ones', () => {
  fc.assert(
    fc.property(seeds, fc.boolean(), (seed, intercept) => {
      const rng = random(seed)
      const [n, columns] = [rng.integer(2, 20), rng.integer(2, 8)]
      const dense = Array.from({ length: n }, () =>
        Array.from({ length: columns }, (_, j) => (j > 0 && rng.uniform() < 0.6 ? 0 : rng.normal())),
      )
      const labels = dense.map((row) => (row[0] > 0 ? 1 : -1))
      const indices = dense.flatMap((row) => row.flatMap((v, j) => (v === 0 ? [] : [j])))
      const values = dense.flatMap((row) => row.filter((v) => v !== 0))
      const indptr = [0]
      for (const row of dense) indptr.push(indptr.at(-1)! + row.filter((v) => v !== 0).length)
      const sparse = {
        rows: n,
        columns,
        indptr: Int32Array.from(indptr),
        indices: Int32Array.from(indices),
        values: Float64Array.from(values),
      }
      const [a, b] = [dense, sparse].map((features) => dataset({ features, labels, intercept }))
      expect(Math.abs(a.radius - b.radius)).toBeLessThan(1e-14 * a.radius)
      const options = { stepSize: 1, maxIterations: 40 }
      for (const solve of [logisticDescent, normalizedDescent]) {
        const [x, y] = [a, b].map((data) => solve(data, options))
        expect(x.iterations).toBe(y.iterations)
        x.theta.forEach((v, j) => expect(Math.abs(v - y.theta[j])).toBeLessThan(1e-11 * (1 + Math.abs(v))))
        const [p, q] = [dense, sparse].map((features) => decision(x, features))
        p.forEach((v, i) => expect(Math.abs(v - q[i])).toBeLessThan(1e-12 * (1 + Math.abs(v))))
      }
      const [p, q] = [a, b].map((data) => perceptron(data))
      expect([p.iterations, p.mistakes]).toEqual([q.iterations, q.mistakes])
      const [x, y] = [a, b].map((data) => margin(data))
      expect(Math.abs(x.marginUpper - y.marginUpper)).toBeLessThan(1e-8 * a.radius)
    }),
    settings,
  )
})

test('powers of two as unit of length change nothing but the unit, from 1e-300 to 1e300', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: -960, max: 990 }), (seed, exponent) => {
      const rng = random(seed)
      const unit = 2 ** exponent
      const { features, labels } = separableInstance(rng, { n: rng.integer(2, 20), d: 3, margin: 0.1 })
      const plain = dataset({ features, labels, intercept: false })
      const scaled = Array.from({ length: labels.length }, (_, i) => [0, 1, 2].map((j) => features.get(i, j) * unit))
      const data = dataset({ features: scaled, labels, intercept: false })
      expect(data.radius).toBe(plain.radius * unit)
      const [a, b] = [plain, data].map((one) => normalizedDescent(one, { stepSize: Infinity }))
      expect([b.status, b.iterations]).toEqual([a.status, a.iterations])
      b.theta.forEach((v, j) => expect(v).toBe(a.theta[j] * unit))
      const [x, y] = [plain, data].map((one) => margin(one))
      expect(y.marginLower).toBe(x.marginLower * unit)
      expect(y.theta).toEqual(x.theta)
      expect(predict(b, scaled)).toEqual(Int8Array.from(labels))
    }),
    settings,
  )
})

test('the batch perceptron on the hard instance takes the steps of the formula', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 400 }), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (n, h) => {
      const ratio = ((n - 1) / h - 2) / 4
      fc.pre(Math.abs(ratio - Math.round(ratio)) > 1e-6)
      const instance = hardInstance({ n, h })
      const data = dataset({ ...instance, intercept: false })
      if (instance.batchSteps > 2) {
        expect(logisticDescent(data, { stepSize: Infinity, history: false }).iterations).toBe(instance.batchSteps)
        expect(normalizedDescent(data, { stepSize: Infinity }).iterations).toBeLessThanOrEqual(
          Math.ceil((data.radius / instance.margin) ** 2),
        )
      }
      const { marginLower, marginUpper } = margin(data)
      expect(marginLower).toBeLessThanOrEqual(instance.margin * (1 + 1e-12))
      expect(marginUpper).toBeGreaterThanOrEqual(instance.margin * (1 - 1e-12))
    }),
    { numRuns: 100, seed: 1 },
  )
})
