import { random } from '@opt/core'
import { centralDifference, distance, near } from '@opt/testing'
import fc from 'fast-check'
import { Matrix as MlMatrix } from 'ml-matrix'
import ndarray from 'ndarray'
import {
  crossValidate,
  HierarchicalRegressor,
  hermiteCoefficients,
  hermiteFeatures,
  hermiteKernel,
  hierarchicalFit,
  kernelRidge,
  layerwise,
  limitFeature,
  ridgeLoo,
  toNetwork,
} from '../src/index.ts'
import { gaussian, rowsOf, saddle } from './shared.ts'

const seeds = fc.integer({ min: 0, max: 1e6 })
const size = (max: number, min = 1) => fc.integer({ min, max })

test('kernels are inner products of features, and of degree k there are (d + k - 1 choose k)', () => {
  fc.assert(
    fc.property(seeds, size(4), size(3), size(5), (seed, n, d, degree) => {
      const [X, Y] = [gaussian(n, d, seed), gaussian(3, d, seed + 1)]
      const [F, G] = [X, Y].map((Z) => hermiteFeatures(Z, [degree]))
      let count = 1
      for (let j = 1; j <= degree; j++) count = (count * (d + j - 1)) / j
      expect(F.shape[1]).toBe(Math.round(count))
      const products = rowsOf(F).map((f) => rowsOf(G).map((g) => f.reduce((sum, v, k) => sum + v * g[k], 0)))
      near(rowsOf(hermiteKernel(X, Y, degree)), products, { absolute: 1e-9, ofLargest: 1e-10 })
    }),
    { numRuns: 300 },
  )
})

test('features are orthonormal for Gaussian inputs', () => {
  // Tensor quadrature with 8 nodes is exact up to degree 15: of the trapezoidal kind on a fine grid it is near enough.
  const [h, end] = [0.25, 8]
  const nodes = Array.from({ length: (2 * end) / h + 1 }, (_, k) => -end + k * h)
  const weight = (x: number) => (h * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)
  const points = nodes.flatMap((a) => nodes.map((b) => [a, b]))
  const { data, shape } = hermiteFeatures(points, [1, 2, 3, 4])
  const D = shape[1]
  const gram = new Float64Array(D * D)
  for (const [i, [a, b]] of points.entries())
    for (let f = 0; f < D; f++)
      for (let g = 0; g < D; g++) gram[f * D + g] += weight(a) * weight(b) * data[i * D + f] * data[i * D + g]
  near(
    gram,
    Array.from(gram, (_, k) => (k % D === Math.floor(k / D) ? 1 : 0)),
    { absolute: 1e-9 },
  )
})

test('leave-one-out residuals are those of refits without the row, in both forms', () => {
  fc.assert(
    fc.property(seeds, size(8, 2), size(12), (seed, n, count) => {
      const F = rowsOf(gaussian(n, count, seed))
      const y = Array.from(gaussian(n, 1, seed + 1).data)
      const { looResiduals, residuals, leverages, coefficients, lambda } = ridgeLoo(F, y, [0.1, 1, 10])
      const at = seed % n
      const rest = ridgeLoo(
        F.filter((_, i) => i !== at),
        y.filter((_, i) => i !== at),
        [lambda],
      )
      const predict = (b: ArrayLike<number>, i: number) => F[i].reduce((sum, v, k) => sum + v * b[k], 0)
      near(looResiduals[at], y[at] - predict(rest.coefficients, at), { absolute: 1e-9, relative: 1e-9 })
      near(
        residuals,
        y.map((v, i) => v - predict(coefficients, i)),
        { absolute: 1e-9 },
      )
      leverages.forEach((leverage) => {
        expect(leverage).toBeGreaterThanOrEqual(0)
        expect(leverage).toBeLessThan(1)
      })
    }),
    { numRuns: 400 },
  )
})

test('the ridge solution has no gradient', () => {
  fc.assert(
    fc.property(seeds, size(9, 2), size(12), (seed, n, count) => {
      const F = rowsOf(gaussian(n, count, seed))
      const y = gaussian(n, 1, seed + 1).data
      const { residuals, coefficients, lambda } = ridgeLoo(F, y, [0.5, 5])
      const gradient = coefficients.map(
        (b, k) => lambda * b - F.reduce((sum, row, i) => sum + row[k] * residuals[i], 0),
      )
      near(gradient, new Float64Array(count), { absolute: 1e-10 })
    }),
    { numRuns: 200 },
  )
})

test('responses may be scaled and shifted, rows and columns reordered', () => {
  const X = gaussian(60, 3, 1)
  const rows = rowsOf(X)
  const y = rows.map((row) => Math.tanh(2 * saddle(row)))
  const options = { refinements: 2, linkUnits: 10 }
  const first = new HierarchicalRegressor(options).fit(X, y)
  const base = first.predict(X)
  fc.assert(
    fc.property(fc.integer({ min: -120, max: 120 }), fc.double({ min: -5, max: 5, noNaN: true }), (power, shift) => {
      const scale = 10 ** power
      const other = new HierarchicalRegressor(options).fit(
        X,
        y.map((v) => scale * (v + shift)),
      )
      near(
        other.predict(X).map((v) => v / scale - shift),
        base,
        { absolute: 1e-7 },
      )
    }),
    { numRuns: 60 },
  )
  const scaled = new HierarchicalRegressor(options).fit(
    rows.map(([a, b]) => [1e200 * a, 1e-200 * b + 1e-199, 7]),
    y,
  )
  const two = new HierarchicalRegressor(options).fit(
    rows.map(([a, b]) => [a, b]),
    y,
  )
  near(
    scaled.predict(rows.map(([a, b]) => [1e200 * a, 1e-200 * b + 1e-199, 7])),
    two.predict(rows.map(([a, b]) => [a, b])),
    { absolute: 1e-6 },
  )
})

describe('a regressor', () => {
  const X = gaussian(300, 4, 2)
  const rows = rowsOf(X)
  const y = rows.map((row) => Math.tanh(2 * saddle(row)))
  const others = gaussian(200, 4, 3)
  const truth = rowsOf(others).map((row) => Math.tanh(2 * saddle(row)))
  const model = new HierarchicalRegressor({ degrees: [2] }).fit(X, y)

  test('finds the score and the curve', () => {
    expect(model.score(others, truth)).toBeGreaterThan(0.98)
    const { matrix, linear, constant } = model.quadratic()
    const A = matrix.data
    const inner = A[0] - A[5] + A[10] - A[15]
    expect(inner / Math.sqrt(4 * A.reduce((sum, v) => sum + v * v, 0))).toBeGreaterThan(0.99)
    expect(Math.max(...linear.map(Math.abs))).toBeLessThan(0.1)
    const scores = model.scores(others)
    near(
      rowsOf(others).map((x) => {
        let sum = constant
        for (let i = 0; i < 4; i++) {
          sum += linear[i] * x[i]
          for (let j = 0; j < 4; j++) sum += A[4 * i + j] * x[i] * x[j]
        }
        return sum
      }),
      scores,
      { absolute: 1e-10 },
    )
    near(model.link(scores), model.predict(others), { absolute: 0 })
    const { r2Loo, scoreR2Loo, step, status } = model.report
    expect(status).toBe('completed')
    expect(r2Loo.length).toBe(16)
    expect(Math.max(...r2Loo)).toBe(r2Loo[step])
    expect(r2Loo[0]).toBeGreaterThan(scoreR2Loo)
    expect(model.terms(4).map(({ powers }) => powers.join())).toEqual(['2', '2', '2', '2'])
  })

  test('the leave-one-out figure of the two stages is that of the answer', () => {
    const { looScores, history, r2Loo } = hierarchicalFit({ X, y }, { refinements: 0 })
    const mean = y.reduce((sum, v) => sum + v, 0) / y.length
    const variance = y.reduce((sum, v) => sum + (v - mean) ** 2, 0) / y.length
    near(1 - history[0].linkLoo / variance, r2Loo[0], { absolute: 1e-12 })
    expect(looScores.length).toBe(300)
  })

  test('takes every container, leaves it alone, and gives the same bits', () => {
    const frozen = Object.freeze(rows.map((row) => Object.freeze(row.slice())))
    const reversed = ndarray(Float64Array.from(X.data).reverse(), [300, 4], [-4, -1], 1199)
    const columns = ndarray(
      Float64Array.from({ length: 1200 }, (_, k) => X.data[(k % 300) * 4 + Math.floor(k / 300)]),
      [300, 4],
      [1, 300],
    )
    const options = { refinements: 1, linkUnits: 10 }
    const expected = new HierarchicalRegressor(options).fit(X, y).predict(others)
    for (const given of [frozen, reversed, columns, new MlMatrix(rows)])
      expect(new HierarchicalRegressor(options).fit(given as never, Object.freeze(y.slice())).predict(others)).toEqual(
        expected,
      )
    expect(rowsOf(X)).toEqual(rows)
  })

  test('survives JSON', () => {
    const saved = JSON.parse(JSON.stringify(model))
    const restored = HierarchicalRegressor.fromJSON(saved)
    expect(restored.predict(others)).toEqual(model.predict(others))
    expect(restored.report).toEqual(model.report)
    expect(JSON.parse(JSON.stringify(restored))).toEqual(saved)
    expect(restored.state).toBeNull()
  })

  test('clips on request', () => {
    const far = rowsOf(others).map((row) => row.map((v) => 20 * v))
    const clipped = new HierarchicalRegressor({ degrees: [2], clip: true }).fit(X, y)
    const [least, largest] = [Math.min(...y), Math.max(...y)]
    for (const value of clipped.predict(far)) {
      expect(value).toBeGreaterThanOrEqual(least)
      expect(value).toBeLessThanOrEqual(largest)
    }
    expect(Math.max(...model.predict(far))).toBeGreaterThan(largest)
  })
})

describe('networks', () => {
  const compare = (
    network: { predict(x: Float64Array): ArrayLike<number> },
    X: { data: Float64Array },
    values: Float64Array,
  ) => near(network.predict(X.data), values, { absolute: 1e-12, relative: 1e-12 })

  test.each([
    [[1], 'standardize'],
    [[2], 'standardize'],
    [[1, 2], 'whiten'],
    [[2], 'none'],
    [[3], 'standardize'],
    [[1, 3], 'whiten'],
    [[4], 'standardize'],
  ] as const)('have the predictions of degrees %j, scale %s', (degrees, scale) => {
    const X = gaussian(120, 3, 4)
    const y = rowsOf(X).map(([a, b, c]) => Math.tanh(a * b + 0.3 * a - c * c * c * 0.2))
    const model = new HierarchicalRegressor({ degrees, scale, refinements: 3, linkUnits: 20 }).fit(X, y)
    compare(model.toNetwork(), X, model.predict(X))
  })

  test('have the values of random scores and curves', () => {
    fc.assert(
      fc.property(seeds, size(3), fc.constantFrom([1], [2], [1, 2], [3]), (seed, d, degrees) => {
        const rng = random(seed)
        const X = gaussian(30, d, seed)
        const y = rowsOf(X).map((row) => Math.tanh(row[0] + row[d - 1] ** 2) + 0.3 * rng.normal())
        const answer = hierarchicalFit({ X, y }, { degrees, refinements: 1, linkUnits: 5, seed })
        compare(toNetwork(answer), X, answer.predict(X))
      }),
      { numRuns: 60 },
    )
  })

  test('have the gradients of finite differences', () => {
    const X = gaussian(100, 3, 5)
    const y = rowsOf(X).map((row) => Math.tanh(2 * saddle(row)))
    const model = new HierarchicalRegressor({ refinements: 2, linkUnits: 10 }).fit(X, y)
    const network = model.toNetwork()
    const x = [0.3, -0.8, 1.1]
    const target = [2]
    const gradient = network.inputGradient(Float64Array.from(x), target)
    const loss = (at: number[]) => (model.predict([at])[0] - target[0]) ** 2 / 2
    for (let j = 0; j < 3; j++)
      near(gradient[j], centralDifference(loss, x, j, 1e-6), { absolute: 1e-6, relative: 1e-6 })
  })

  test('of layerwise training', () => {
    const X = gaussian(60, 3, 6)
    const y = rowsOf(X).map((row) => Math.tanh(2 * saddle(row)))
    const answer = layerwise({ X, y }, { features: 30, linkUnits: 10, featureSteps: 50, linkSteps: 50 })
    compare(toNetwork(answer), X, answer.evaluate(X).output)
  })
})

describe('layerwise training', () => {
  const X = gaussian(80, 3, 7)
  const y = rowsOf(X).map((row) => Math.tanh(2 * saddle(row)))

  test('converges to the ridge solution of its first half', () => {
    const options = { features: 6, linkUnits: 3, featureDecay: 0.1, linkSteps: 1, earlyStopping: false }
    const answer = layerwise({ X, y }, { ...options, featureSteps: 3000 })
    const { directions, offsets } = answer.features
    const F = rowsOf(X)
      .slice(0, 40)
      .map((row) =>
        Array.from(
          offsets,
          (s, k) =>
            Math.max(
              0,
              row.reduce((sum, v, j) => sum + v * directions.get(k, j), s),
            ) / Math.sqrt(6),
        ),
      )
    near(answer.featureWeights, ridgeLoo(F, y.slice(0, 40), [40 * 0.1]).coefficients, { absolute: 1e-8 })
    const losses = answer.history.slice(0, 3000).map(({ loss }) => loss)
    losses.forEach((loss, k) => expect(loss).toBeLessThanOrEqual((losses[k - 1] ?? Infinity) + 1e-12))
  })

  test('stops early where the other half is predicted best', () => {
    const all = { features: 40, linkUnits: 5, linkSteps: 1, featureSteps: 300 }
    const { featureStep, featureWeights } = layerwise({ X, y }, all)
    expect(featureStep).toBeGreaterThan(0)
    const same = layerwise({ X, y }, { ...all, featureSteps: featureStep, earlyStopping: false })
    near(same.featureWeights, featureWeights, { absolute: 0 })
  })
})

describe('theory', () => {
  test('coefficients of Hermite polynomials are unit vectors', () => {
    near(
      hermiteCoefficients((z) => (z * z * z - 3 * z) / Math.sqrt(6), 5),
      [0, 0, 0, 1, 0, 0],
      { absolute: 1e-12 },
    )
    near(hermiteCoefficients((z) => Math.abs(z), 2)[2], Math.sqrt(1 / Math.PI), { absolute: 1e-4 })
  })

  test('the limit is A for a linear curve, and A^2 where the slope is 0 on average', () => {
    const A = [
      [1, 2, 0],
      [2, -1, 0.5],
      [0, 0.5, 0.3],
    ]
    near(limitFeature(A, [2]).correlation, 1, { absolute: 1e-12 })
    const { correlation } = limitFeature(
      [
        [1, 0],
        [0, -1],
      ],
      [0, 1],
    )
    near(correlation, 0, { absolute: 1e-12 })
  })

  test('the two stages approach the limit feature', () => {
    const [n, d] = [6000, 3]
    const X = gaussian(n, d, 8)
    const scale = 1 / Math.sqrt(2 * 3)
    const A = [scale, -scale, scale]
    const p = rowsOf(X).map((row) => row.reduce((sum, v, j) => sum + A[j] * (v * v - 1), 0))
    const link = (z: number) => Math.tanh(2 * z)
    const { matrix } = limitFeature(
      A.map((a, i) => A.map((_, j) => (i === j ? a : 0))),
      // tanh is odd: its third coefficient suffices up to the fifth.
      hermiteCoefficients(link, 3).subarray(1),
    )
    const { score } = hierarchicalFit({ X, y: p.map(link) }, { refinements: 0 })
    const learned = score.coefficients.slice(0, 3)
    const expected = [0, 4, 8].map((k) => matrix.data[k])
    const cosine =
      learned.reduce((sum, v, k) => sum + v * expected[k], 0) /
      Math.sqrt(learned.reduce((sum, v) => sum + v * v, 0) * expected.reduce((sum, v) => sum + v * v, 0))
    expect(cosine).toBeGreaterThan(0.98)
  })
})

describe('honesty', () => {
  test('noise has no signal, or a figure that cross-validation takes back', () => {
    const X = gaussian(150, 4, 9)
    const y = gaussian(150, 1, 10).data
    const { answer, refined } = crossValidate(X, y, { refinements: 5 })
    expect(['no-signal', 'undecided']).toContain(answer)
    expect(refined).toBeLessThan(0.1)
  })

  test('yes for a curve of a score; no for a response that is none', () => {
    const X = gaussian(240, 4, 11)
    const rows = rowsOf(X)
    const yes = crossValidate(
      X,
      rows.map((row) => Math.tanh(3 * saddle(row))),
      { refinements: 5 },
    )
    expect(yes.answer).toBe('yes')
    const no = crossValidate(
      X,
      rows.map(([a, b, c, d]) => Math.abs(a) - Math.abs(b) + Math.sin(2 * c) * d),
      { refinements: 5, degrees: [1, 2] },
    )
    expect(no.answer).toBe('no')
    expect(no.kernel).toBeGreaterThan(no.refined)
  })

  test('without signal the prediction is the mean', () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i % 2 === 0 ? 1 : -1])
    const y = rows.map((_, i) => (i % 4 < 2 ? 1 : 2))
    const model = new HierarchicalRegressor({ degrees: [1] }).fit(rows, y)
    expect(model.report.status).toBe('no-signal')
    expect([...model.predict([[1], [-1]])]).toEqual([1.5, 1.5])
    expect([...model.scores([[1], [-1]])]).toEqual([0, 0])
    near(model.toNetwork().predict(Float64Array.of(1, -1)), [1.5, 1.5], { absolute: 1e-12 })
  })
})

test('kernel ridge interpolates with a small penalty, and the Hermite kernel is ridge on features', () => {
  const X = gaussian(40, 3, 12)
  const y = rowsOf(X).map(([a, b]) => a * b)
  const rbf = kernelRidge(X, y, { lambdas: [1e-10] })
  near(rbf.predict(X), y, { absolute: 1e-5 })
  const others = gaussian(20, 3, 13)
  const hermite = kernelRidge(X, y, { kernel: 'hermite', degrees: [2], lambdas: [0.5] })
  const center = y.reduce((sum, v) => sum + v, 0) / 40
  const { coefficients } = ridgeLoo(
    hermiteFeatures(X, [2]),
    y.map((v) => v - center),
    [0.5],
  )
  const F = rowsOf(hermiteFeatures(others, [2]))
  near(
    hermite.predict(others),
    F.map((f) => f.reduce((sum, v, k) => sum + v * coefficients[k], center)),
    { absolute: 1e-9 },
  )
  const polynomial = kernelRidge(X, y, { kernel: 'polynomial', degree: 2, lambdas: [1e-6] })
  expect(
    distance(
      polynomial.predict(others),
      rowsOf(others).map(([a, b]) => a * b),
    ),
  ).toBeLessThan(1e-3)
})
