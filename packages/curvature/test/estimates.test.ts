import { log } from '@opt/core'
import { golden, near } from '@opt/testing'
import {
  diagonal,
  hutchinson,
  hutchPlusPlus,
  smoothDensity,
  spectralDensity,
  symmetricEigen,
  traceOf,
} from '../src/index.ts'
import { diagonalOperator, laplacian, operatorOf, wigner, withEigenvalues } from './matrices.ts'

const scipy = golden(import.meta.url, 'scipy.json')
const decay = withEigenvalues(Float64Array.from({ length: 100 }, (_, i) => 1 / ((i + 1) * (i + 1))))
const exact = decay.reduce((sum, row, i) => sum + row[i], 0)

const rootMeanSquare = (values: number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length)
const seeds = Array.from({ length: 40 }, (_, seed) => seed)

test.each([hutchinson, hutchPlusPlus])('%p: unbiased, with true standard errors', (estimator) => {
  const A = wigner(50)
  const trace = A.reduce((sum, row, i) => sum + row[i], 0)
  const runs = seeds.map((seed) => estimator(operatorOf(A), { seed }))
  const errors = runs.map((run) => run.trace - trace)
  const claimed = rootMeanSquare(runs.map((run) => run.standardError))
  const mean = errors.reduce((sum, x) => sum + x) / errors.length
  expect(Math.abs(mean)).toBeLessThan((4 * claimed) / Math.sqrt(errors.length))
  expect(rootMeanSquare(errors) / claimed).toBeGreaterThan(0.6)
  expect(rootMeanSquare(errors) / claimed).toBeLessThan(1.5)
})

test("Hutchinson's variance is 2 (||A||_F^2 - sum of A_ii^2) / probes", () => {
  const A = wigner(30)
  const offDiagonal = A.reduce((sum, row, i) => sum + row.reduce((s, a, j) => s + (i === j ? 0 : a * a), 0), 0)
  const claimed = rootMeanSquare(seeds.map((seed) => hutchinson(operatorOf(A), { seed }).standardError))
  near(claimed, Math.sqrt((2 * offDiagonal) / 100), { relative: 0.1 })
})

test('Hutch++ is many times closer where eigenvalues decay, and exact at low rank', () => {
  const error = (estimator: typeof hutchPlusPlus | typeof hutchinson, options: object) =>
    rootMeanSquare(seeds.map((seed) => estimator(operatorOf(decay), { seed, ...options }).trace - exact))
  expect(error(hutchPlusPlus, { products: 60 })).toBeLessThan(error(hutchinson, { probes: 60 }) / 10)
  const low = withEigenvalues([3, 2, ...new Float64Array(40)])
  near(hutchPlusPlus(operatorOf(low), { products: 12 }).trace, 5, { absolute: 1e-12 })
  const whole = hutchPlusPlus(operatorOf(wigner(4)), { products: 30 })
  expect(whole.standardError).toBe(0)
  near(
    whole.trace,
    wigner(4).reduce((sum, row, i) => sum + row[i], 0),
    { absolute: 1e-13 },
  )
})

test('a run of Hutch++ that is stopped early has an honest estimate', () => {
  for (const maxIterations of [1, 10, 35, 59, 60]) {
    const { trace, standardError, status } = hutchPlusPlus(operatorOf(decay), { maxIterations })
    expect(status).toBe('max-iterations')
    expect(Math.abs(trace - exact)).toBeLessThan(5 * standardError)
  }
})

test('diagonals, with true standard errors; exact for a diagonal operator', () => {
  const A = wigner(20)
  const answer = diagonal(operatorOf(A), { probes: 400 })
  const ratios = [...answer.diagonal].map((value, i) => (value - A[i][i]) / answer.standardErrors[i])
  expect(Math.max(...ratios.map(Math.abs))).toBeLessThan(4)
  expect(rootMeanSquare(ratios)).toBeGreaterThan(0.5)
  const flat = diagonal(diagonalOperator([1, -2, 1e300]), { probes: 2 })
  expect([[...flat.diagonal], [...flat.standardErrors]]).toEqual([
    [1, -2, 1e300],
    [0, 0, 0],
  ])
})

test('log-determinant and trace of the inverse of a Laplacian, within their standard errors', () => {
  const { logDeterminant, traceOfInverse } = scipy.laplacian
  const logs = traceOf(laplacian, log, { probes: 30, seed: 1 })
  expect(Math.abs(logs.trace - logDeterminant)).toBeLessThan(3 * logs.standardError)
  expect(logs.standardError / logDeterminant).toBeLessThan(0.01)
  const inverse = traceOf(laplacian, (x) => 1 / x, { probes: 30, seed: 1 })
  expect(Math.abs(inverse.trace - traceOfInverse)).toBeLessThan(3 * inverse.standardError)
  expect(() => traceOf(diagonalOperator([1, -1]), log)).toThrow(
    /^traceOf: f\(-[\d.]+\) must be a finite number, got NaN$/,
  )
})

test('the moments of a spectral density are those of the spectrum; exact for a diagonal operator', () => {
  const d = Float64Array.from({ length: 50 }, (_, i) => i / 10 - 1)
  const { nodes, weights, trace, standardError } = spectralDensity(diagonalOperator(d), { probes: 3 })
  near(
    weights.reduce((sum, w) => sum + w, 0),
    1,
    { absolute: 1e-13 },
  )
  for (const power of [1, 2, 5, 9])
    near(
      nodes.reduce((sum, x, i) => sum + weights[i] * x ** power, 0),
      d.reduce((sum, x) => sum + x ** power, 0) / 50,
      { relative: 1e-12 },
    )
  near(
    trace,
    d.reduce((sum, x) => sum + x, 0),
    { relative: 1e-12 },
  )
  expect(standardError).toBeLessThan(1e-12)
})

test("a Wigner matrix has Wigner's semicircle", () => {
  const n = 300
  const A = operatorOf(wigner(n))
  const { grid, density, sigma, nodes } = spectralDensity(A, { probes: 8, steps: 100, points: 401, sigma: 2 })
  const step = grid[1] - grid[0]
  near(density.reduce((sum, y) => sum + y, 0) * step, 1, { absolute: 1e-4 })
  const radius = 2 * Math.sqrt(n)
  const wrong = grid.reduce((sum, x, i) => {
    const circle = Math.abs(x) < radius ? (2 / (Math.PI * radius * radius)) * Math.sqrt(radius * radius - x * x) : 0
    return sum + step * Math.abs(density[i] - circle)
  }, 0)
  expect(wrong).toBeLessThan(0.1)
  expect(sigma).toBe(2)
  const all = symmetricEigen(wigner(n), { vectors: false }).values
  near([nodes[0], nodes.at(-1)!], [all[0], all[n - 1]], { relative: 1e-6 })
})

test('a density can be smoothed again, and one point is a bell', () => {
  const { grid, density } = smoothDensity([2], [1], { sigma: 0.5, points: 9 })
  near([...grid], [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4], { absolute: 1e-15 })
  near(density[4], 1 / Math.sqrt(2 * Math.PI) / 0.5, { relative: 1e-14 })
  const first = spectralDensity(diagonalOperator([1, 2, 3]), { probes: 2, sigma: 0.3 })
  expect(smoothDensity(first.nodes, first.weights, { sigma: 0.3 }).density).toEqual(first.density)
  expect(spectralDensity(diagonalOperator([0, 0])).sigma).toBe(0.01)
})

test('a run that is stopped has the rules that were complete', () => {
  const answer = spectralDensity(laplacian, { steps: 10, probes: 5, maxIterations: 25 })
  expect([answer.status, answer.nodes.length, answer.products]).toEqual(['max-iterations', 20, 25])
  const short = traceOf(laplacian, (x) => x, { steps: 10, maxIterations: 3 })
  expect(short.standardError).toBe(Infinity)
  near(short.trace, 4.45 * 420, { relative: 0.05 })
})

test.each([1e-300, 1e300])('operators of the scale %d', (scale) => {
  const A = diagonalOperator([1 * scale, 2 * scale, 4 * scale])
  near(hutchinson(A).trace, 7 * scale, { relative: 1e-14 })
  near(hutchPlusPlus(A).trace, 7 * scale, { relative: 1e-14 })
  near(spectralDensity(A).trace, 7 * scale, { relative: 1e-14 })
})
