import { type Matrix, random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import ndarray from 'ndarray'
import { absoluteQuantile, normalQuantile } from '../src/descent/quantiles.ts'
import {
  constant,
  decompose,
  gaussianMeasurements,
  geometric,
  gradientDescent,
  lossProportional,
  type Measurements,
  oracle,
  polyak,
  quantile,
  type StepState,
  scaling,
  signRip,
  spectralInitialization,
  subgm,
  syntheticProblem,
} from '../src/index.ts'

const runs = (numRuns: number) => ({ seed: 7, numRuns })
const sizes = { d: fc.integer({ min: 1, max: 6 }), m: fc.integer({ min: 1, max: 20 }), seed: fc.nat() }
const normals = (rng: { normal(): number }, rows: number, columns: number): Matrix =>
  ndarray(
    Float64Array.from({ length: rows * columns }, () => rng.normal()),
    [rows, columns],
  )
const objective = (solve: typeof subgm, measurements: Measurements, y: Float64Array, initial: Matrix) =>
  solve(measurements, y, { initial, stepSize: constant(1), maxIterations: 1, tolerance: 0 }).objective

test('both gradients are the derivatives of their losses', () => {
  fc.assert(
    fc.property(sizes.d, sizes.m, sizes.seed, fc.integer({ min: 1, max: 6 }), (d, m, seed, columns) => {
      const rng = random(seed)
      const r = Math.min(d, columns)
      const measurements = gaussianMeasurements(m, d, rng)
      const [U, V] = [normals(rng, d, r), normals(rng, d, r)]
      const y = Float64Array.from({ length: m }, () => rng.normal(0, 3))
      const h = 1e-6
      for (const solve of [subgm, gradientDescent]) {
        const stepped = solve(measurements, y, { initial: U, stepSize: constant(1), maxIterations: 2, tolerance: 0 })
        const slope = U.data.reduce((sum, v, i) => sum + (v - stepped.factor.data[i]) * V.data[i], 0)
        const at = (s: number) =>
          objective(solve, measurements, y, ndarray(U.data.map((v, i) => v + s * V.data[i]) as Float64Array, [d, r]))
        // The l1 loss has kinks: none lies between where both one-sided slopes agree.
        const [left, right] = [(at(0) - at(-h)) / h, (at(h) - at(0)) / h]
        if (Math.abs(left - right) > 1e-3 * (1 + Math.abs(left))) continue
        near((left + right) / 2, slope, { absolute: 1e-4, relative: 1e-4 })
      }
    }),
    runs(200),
  )
})

test('the decomposition adds up to the error, and its residual splits in two', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 7 }), fc.integer({ min: 1, max: 7 }), sizes.seed, (d, rank, seed) => {
      const rng = random(seed)
      const [U, W] = [normals(rng, d, Math.min(d, 4)), normals(rng, d, Math.min(d, rank))]
      const X = Array.from({ length: d }, (_, i) =>
        Array.from({ length: d }, (_, j) => {
          const k = W.shape[1]
          let sum = 0
          for (let a = 0; a < k; a++) sum += W.data[i * k + a] * W.data[j * k + a]
          return sum
        }),
      )
      const parts = decompose(U, X)
      const c = U.shape[1]
      let error = 0
      let norm = 0
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          let value = -X[i][j]
          for (let a = 0; a < c; a++) value += U.data[i * c + a] * U.data[j * c + a]
          error += value * value
        }
      for (const value of U.data) norm += value * value
      near(parts.error, Math.sqrt(error), { relative: 1e-9, absolute: 1e-9 })
      const hidden = parts.alignedResidual ** 2 + parts.hiddenResidual ** 2
      expect(hidden).toBeLessThanOrEqual(norm * (1 + 1e-12))
      expect(parts.residual).toBeLessThanOrEqual(hidden * (1 + 1e-9) + 1e-12)
    }),
    runs(200),
  )
})

test('delta bounds every Y of the rank, is reached with full rank, and grows with it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 10, max: 40 }), sizes.seed, (d, m, seed) => {
      const rng = random(seed)
      const measurements = gaussianMeasurements(m, d, rng)
      const G = normals(rng, d, d)
      const X = ndarray(
        G.data.map((v, i) => v + G.data[(i % d) * d + Math.floor(i / d)]),
        [d, d],
      )
      const norm = Math.sqrt(X.data.reduce((s, v) => s + v * v, 0))
      const D = measurements.signAdjoint(measurements.forward(X))
      let before = 0
      for (let rank = 1; rank <= d; rank++) {
        const { phi, delta } = signRip(measurements, X, { rank, phi: scaling.noiseless() })
        expect(delta).toBeGreaterThanOrEqual(before)
        before = delta
        const [P, Q] = [normals(rng, d, rank), normals(rng, d, rank)]
        let [inner, size] = [0, 0]
        for (let i = 0; i < d; i++)
          for (let j = 0; j < d; j++) {
            let y = 0
            for (let k = 0; k < rank; k++) y += P.data[i * rank + k] * Q.data[j * rank + k]
            inner += y * (D.data[i * d + j] - (phi * X.data[i * d + j]) / norm)
            size += y * y
          }
        expect(inner / Math.sqrt(size)).toBeLessThanOrEqual(delta * phi * (1 + 1e-9))
      }
      const whole = D.data.reduce((s, v, i) => s + (v - (scaling.noiseless() * X.data[i]) / norm) ** 2, 0)
      near(before * scaling.noiseless(), Math.sqrt(whole), { relative: 1e-10 })
    }),
    runs(150),
  )
})

test('the scaling functions agree with one another and with their limits', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1e3, noNaN: true }),
      (norm, corruption, outlierScale) => {
        const bare = Math.sqrt(2 / Math.PI)
        near(scaling.gaussian(norm, 0), bare, { relative: 1e-15 })
        near(scaling.outliers(norm, { corruption: 0, outlierScale }), bare, { relative: 1e-15 })
        near(scaling.outliers(norm, { corruption: 1, outlierScale }), scaling.gaussian(norm, outlierScale), {
          relative: 1e-14,
        })
        near(
          scaling.outliers(norm, { corruption: 1, outlierScale, outlier: 'constant' }),
          scaling.fromNoise(norm, [outlierScale, -outlierScale]),
          { absolute: 1e-15, relative: 1e-12 },
        )
        const phi = scaling.outliers(norm, { corruption, outlierScale })
        expect(phi).toBeGreaterThanOrEqual(bare * (1 - corruption) * (1 - 1e-12))
        expect(phi).toBeLessThanOrEqual(bare * (1 + 1e-12))
      },
    ),
    runs(200),
  )
})

test('quantiles are those of a sorted copy', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (values, q) => {
        const x = Float64Array.from(values.map((value, i) => (i % 3 === 0 ? Math.round(value) : value)))
        const sorted = x.map(Math.abs).sort()
        expect(absoluteQuantile(x, q, new Float64Array(x.length))).toBe(sorted[Math.ceil(q * x.length) - 1])
      },
    ),
    runs(400),
  )
  near(normalQuantile(0.5), 0.6744897501960817, { relative: 1e-14 })
  near(normalQuantile(0.25), 0.3186393639643752, { relative: 1e-14 })
  near(normalQuantile(0.999999), 4.891638475699, { relative: 1e-9 })
})

test('a rotated factor takes the same path, rotated', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 5 }),
      sizes.seed,
      fc.double({ min: -1, max: 1, noNaN: true }),
      (d, seed, c) => {
        const rng = random(seed)
        const problem = syntheticProblem({ size: d, rank: 1, count: 40, corruption: 0.1, random: rng })
        const U = normals(rng, d, 2)
        const s = Math.sqrt(1 - c * c)
        const V = ndarray(
          U.data.map((_, i) => (i % 2 === 0 ? c * U.data[i] + s * U.data[i + 1] : -s * U.data[i - 1] + c * U.data[i])),
          [d, 2],
        )
        const run = (initial: Matrix) =>
          subgm(problem.measurements, problem.y, { initial, stepSize: constant(0.01), tolerance: 0, maxIterations: 6 })
        near(run(U).matrix.data, run(V).matrix.data, { absolute: 1e-9, relative: 1e-9 })
      },
    ),
    runs(100),
  )
})

test('step rules are their formulas', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 2000 }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      (iteration, objective, scale, eta) => {
        const factor = Float64Array.of(3)
        const state: StepState = { iteration, objective, scale, eta, factor, subgradientNorm: 2, initialScale: 5 }
        const root = Math.sqrt(Math.PI / 2)
        const at = { relative: 1e-12 }
        near(geometric({ initial: 0.3, decay: 0.99 })(state), 0.3 * 0.99 ** iteration, at)
        near(geometric()(state), eta * root * 5 * 0.985 ** iteration, at)
        near(quantile()(state), eta * root * scale, at)
        near(quantile({ eta: 2 })(state), 2 * root * scale, at)
        near(lossProportional()(state), (eta * Math.PI * objective) / 2, at)
        near(lossProportional(3)(state), (3 * Math.PI * objective) / 2, at)
        near(polyak({ target: 0.05 })(state), (objective - 0.05) / 4, at)
        expect(polyak({ target: 20 })(state)).toBe(0)
        expect(constant(0.7)(state)).toBe(0.7)
        near(oracle({ truth: [[4]], eta: 2 })(state), 2 * root * 5, at)
        near(oracle({ truth: [[4]] })(state), eta * root * 5, at)
      },
    ),
    runs(200),
  )
})

test('the spectral start is alpha times the root of the positive part of C', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 6 }), sizes.seed, (d, seed) => {
      const { measurements, y } = syntheticProblem({ size: d, rank: 1, count: 200, random: random(seed) })
      const U = spectralInitialization(measurements, y, { alpha: 0.1 })
      const C = measurements.signAdjoint(y)
      // U U' / alpha^2 - C is positive semidefinite and orthogonal to U U'.
      let inner = 0
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          let value = 0
          for (let k = 0; k < d; k++) value += U.data[i * d + k] * U.data[j * d + k] * 100
          inner += value * (value - C.data[i * d + j])
        }
      expect(Math.abs(inner)).toBeLessThan(1e-12)
    }),
    runs(100),
  )
})
