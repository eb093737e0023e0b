import { type Matrix, random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import {
  batchedMeasurements,
  constant,
  denseMeasurements,
  geometric,
  gradientDescent,
  lossProportional,
  oracle,
  quantile,
  recover,
  spectralInitialization,
  subgm,
  syntheticProblem,
} from '../src/index.ts'

const distance = (X: Matrix, Y: Matrix) => Math.sqrt(X.data.reduce((s, v, i) => s + (v - Y.data[i]) ** 2, 0))
const norm = (X: Matrix) => Math.sqrt(X.data.reduce((s, v) => s + v * v, 0))
const relative = (X: Matrix, truth: Matrix) => distance(X, truth) / norm(truth)
const draw = (seed: number, options: Partial<Parameters<typeof syntheticProblem>[0]> = {}) =>
  syntheticProblem({
    size: 10,
    rank: 2,
    count: 300,
    corruption: 0.2,
    outlierScale: 10,
    random: random(seed),
    ...options,
  })

test('the rank, the outliers and X are found, whatever the outliers and the rank', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 6, max: 12 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(0, 0.1, 0.2, 0.3),
      fc.constantFrom('normal', 'constant', 'cauchy' as const),
      fc.constantFrom(3, 100, 1e9),
      fc.nat(),
      (size, rank, corruption, outlier, outlierScale, seed) => {
        const problem = draw(seed, { size, rank, count: 50 * size, corruption, outlier, outlierScale })
        const found = recover(problem)
        expect(found.status).toBe('converged')
        expect(found.rank).toBe(rank)
        expect(relative(found.matrix, problem.truth)).toBeLessThan(1e-7)
        expect(found.estimatedError).toBeLessThan(1e-7)
        // Outliers near 0 are none, and of exact residuals a few may seem large.
        expect(Math.abs(found.corruption - corruption)).toBeLessThan(0.03)
        const true_ = new Set(problem.corrupted)
        expect(found.outliers.filter((k) => !true_.has(k)).length).toBeLessThan(0.03 * problem.y.length)
      },
    ),
    { seed: 5, numRuns: 60 },
  )
})

test("'converged' is what the answer's own residuals say, and 'stalled' is not", () => {
  for (let seed = 0; seed < 12; seed++) {
    const problem = draw(seed, { noise: seed % 3 === 0 ? 0.2 : 0 })
    const { status, matrix } = recover(problem, { tolerance: 1e-8 })
    const residuals = problem.measurements.forward(matrix).map((v, k) => Math.abs(v - problem.y[k]))
    const middle = (x: Float64Array) => x.slice().sort()[Math.ceil(x.length / 2) - 1]
    const error = middle(residuals) / middle(problem.y.map(Math.abs))
    expect(status).toBe(seed % 3 === 0 ? 'stalled' : 'converged')
    expect(error <= 1e-8 * (1 + 1e-6)).toBe(status === 'converged')
  }
})

test('noise: the error is of the order nu sqrt(d r / m), and the noise is measured', () => {
  for (const nu of [0.1, 0.5, 1])
    for (let seed = 0; seed < 3; seed++) {
      const problem = draw(seed, { corruption: 0, noise: nu, size: 15, rank: 2, count: 900 })
      const found = recover(problem)
      expect(found.rank).toBe(2)
      expect(distance(found.matrix, problem.truth)).toBeLessThan(2 * nu * Math.sqrt((15 * 2) / 900))
      near(found.residualScale, nu, { relative: 0.15 })
      expect(found.corruption).toBeLessThan(0.01)
    }
})

test('rank-one measurements and entries, with outliers', () => {
  for (let seed = 0; seed < 3; seed++) {
    const sketch = draw(seed, { measurement: 'rank-one', size: 12, count: 500 })
    const found = recover(sketch)
    expect(found.rank).toBe(2)
    expect(relative(found.matrix, sketch.truth)).toBeLessThan(1e-6)
    const completion = draw(seed, { measurement: 'entries', size: 30, count: 900, corruption: 0.1, outlierScale: 1 })
    const filled = recover(completion)
    expect(filled.rank).toBe(2)
    expect(relative(filled.matrix, completion.truth)).toBeLessThan(1e-6)
    near(filled.corruption, 0.1, { absolute: 0.03 })
  }
})

test('any scale of y and of the measurements gives the scaled answer', () => {
  const { y, truth } = draw(1, { size: 6, count: 150 })
  const rng = random(1)
  syntheticProblem({ size: 6, rank: 2, count: 1, random: rng })
  const A = Array.from({ length: 150 }, () =>
    Array.from({ length: 6 }, () => Array.from({ length: 6 }, () => rng.normal())),
  )
  const exact = denseMeasurements(A).forward(truth)
  const values = exact.map((v, k) => (k % 6 === 0 ? y[k] * 10 : v))
  for (const s of [1e-300, 1e-6, 1e4, 1e290])
    for (const a of [1e-60, 1, 1e60]) {
      const scaled = A.map((matrix) => matrix.map((row) => row.map((v) => v * a)))
      const found = recover({ measurements: scaled, y: values.map((v) => v * s) })
      if (s / a > 1e300 || s / a < 1e-300) continue
      expect([found.status, found.rank]).toEqual(['converged', 2])
      near(
        found.matrix.data.map((v) => (v / s) * a),
        truth.data,
        { absolute: 1e-7 },
      )
    }
})

test('reports and what step rules are told are in the units of y', () => {
  const problem = draw(3)
  const seen: number[][] = []
  const watch = (s: number) => {
    const stepSize = Object.assign(
      (state: Parameters<ReturnType<typeof quantile>>[0]) => {
        const { objective, scale, initialScale, eta, subgradientNorm, factor } = state
        if (state.iteration === 20)
          seen.push([
            objective / s,
            scale / s,
            initialScale / s,
            eta * s,
            subgradientNorm / Math.sqrt(s),
            factor[0] / Math.sqrt(s),
          ])
        return quantile()(state)
      },
      { q: 0.5 },
    )
    const { history } = recover(
      { measurements: problem.measurements, y: problem.y.map((v) => v * s) },
      { stepSize, maxIterations: 25 },
    )
    return history.map((report) => [report.error, report.objective / s, report.scale / s, report.stepSize])
  }
  near(watch(1e5), watch(1), { relative: 1e-6, absolute: 1e-12 })
  near(seen[0], seen[1], { relative: 1e-6 })
  const first = recover(problem, { maxIterations: 1 }).history[0]
  near(first.objective, problem.y.reduce((sum, v) => sum + Math.abs(v), 0) / 300, { relative: 1e-6 })
})

test('one outlier of 1e300 changes nothing', () => {
  const problem = draw(4)
  const y = problem.y.slice()
  y[3] = 1e300
  expect(relative(recover({ ...problem, y }).matrix, problem.truth)).toBeLessThan(1e-7)
})

test('degenerate data: zeros, one unknown, one measurement, X = 0 with noise', () => {
  const { measurements } = draw(2)
  const none = recover({ measurements, y: new Float64Array(300) })
  expect([none.status, none.rank, none.corruption, norm(none.matrix)]).toEqual(['converged', 0, 0, 0])
  const few = new Float64Array(300)
  few.fill(5, 0, 20)
  const zero = recover({ measurements, y: few })
  expect([zero.status, zero.rank, zero.outliers.length, norm(zero.matrix)]).toEqual(['converged', 0, 20, 0])
  const scalar = recover({ measurements: [[[2]], [[1]], [[3]], [[1]]], y: [4, 2, 6, 50] })
  expect(scalar.status).toBe('converged')
  near(scalar.matrix.data, [2], { absolute: 1e-8 })
  expect(Array.from(scalar.outliers)).toEqual([3])
  const one = recover({
    measurements: [
      [
        [1, 0],
        [0, 1],
      ],
    ],
    y: [3],
  })
  near(one.matrix.data[0] + one.matrix.data[3], 3, { absolute: 1e-7 })
  const rng = random(3)
  const noise = recover({ measurements, y: Float64Array.from({ length: 300 }, () => rng.normal()) })
  expect(noise.status).not.toBe('converged')
  expect(norm(noise.matrix)).toBeLessThan(1)
})

test('duplicate rows, zero matrices, a negative definite answer', () => {
  const { measurements, y } = draw(7, { corruption: 0 })
  expect(measurements.count).toBe(300)
  const zeros = Array.from({ length: 5 }, () => [
    [0, 0],
    [0, 0],
  ])
  const nothing = recover({ measurements: zeros, y: [1, 2, 3, 4, 5] })
  expect([nothing.status === 'converged', norm(nothing.matrix) < 1e-3]).toEqual([false, true])
  const same = Array.from({ length: 9 }, () => [
    [1, 0],
    [0, 0],
  ])
  const double = recover({ measurements: same, y: [2, 2, 2, 2, 2, 2, 2, 7, 9] })
  near(double.matrix.data[0], 2, { absolute: 1e-7 })
  expect(Array.from(double.outliers)).toEqual([7, 8])
  const negative = recover({ measurements, y: y.map((v) => -v) })
  expect(negative.status).not.toBe('converged')
})

test('twice or thrice as many measurements as unknowns suffice, with outliers too', () => {
  for (let seed = 0; seed < 3; seed++) {
    const exact = draw(seed, { count: 50, corruption: 0 })
    expect(relative(recover(exact).matrix, exact.truth)).toBeLessThan(1e-6)
    const dirty = draw(seed, { size: 16, rank: 3, count: 200, corruption: 0.1 })
    expect(relative(recover(dirty).matrix, dirty.truth)).toBeLessThan(1e-6)
  }
})

test('too few measurements to determine X are said to be', () => {
  let fitted = 0
  for (let seed = 0; seed < 6; seed++)
    for (const count of [10, 20]) {
      const problem = draw(seed, { count, corruption: 0 })
      expect(recover(problem).status).not.toBe('converged')
      const found = recover(problem, { stepSize: quantile() })
      const needed = (found.rank * (21 - found.rank)) / 2
      expect(relative(found.matrix, problem.truth)).toBeGreaterThan(1e-3)
      expect(found.status).not.toBe('converged')
      if (count - found.outliers.length >= needed) continue
      expect(found.message).toContain(`too few for the ${needed} unknowns of rank ${found.rank}`)
      fitted++
    }
  expect(fitted).toBeGreaterThanOrEqual(8)
})

test('batches give the answer of the whole', () => {
  const { rng, A } = { rng: random(8), A: [] as number[][][] }
  for (let k = 0; k < 120; k++) A.push(Array.from({ length: 6 }, () => Array.from({ length: 6 }, () => rng.normal())))
  const truth = Array.from({ length: 6 }, (_, i) =>
    Array.from({ length: 6 }, (_, j) => (i + 1) * (j - 2) + (j + 1) * (i - 2) + 20 * Number(i === j)),
  )
  const y = denseMeasurements(A)
    .forward(truth)
    .map((v, k) => (k % 7 === 0 ? v + 1000 : v))
  let calls = 0
  const measurements = batchedMeasurements({
    size: 6,
    counts: [50, 50, 20],
    batch: (k) => {
      calls++
      return A.slice(50 * k, Math.min(120, 50 * k + 50))
    },
  })
  const [whole, parts] = [recover({ measurements: A, y }), recover({ measurements, y })]
  expect([parts.status, parts.rank]).toEqual([whole.status, whole.rank])
  near(parts.matrix.data, whole.matrix.data, { ofLargest: 1e-7 })
  // One sweep for the size, two for the spectrum, one an iteration and one for the answer.
  expect(calls / 3).toBeLessThanOrEqual(parts.iterations + 8)
})

test('iterates of every rule keep the rank of their start, and the loss rule needs exact measurements', () => {
  const exact = draw(9, { corruption: 0 })
  const start = spectralInitialization(exact.measurements, exact.y)
  for (const stepSize of [lossProportional(0.2), geometric(), quantile(), oracle({ truth: exact.truth, eta: 0.25 })]) {
    const found = subgm(exact.measurements, exact.y, { initial: start, stepSize, tolerance: 1e-6 })
    expect(relative(found.matrix, exact.truth)).toBeLessThan(1e-3)
    expect(found.rank).toBe(2)
  }
  const dirty = draw(9)
  const loss = subgm(dirty.measurements, dirty.y, { stepSize: lossProportional(), tolerance: 1e-6 })
  expect(loss.status).not.toBe('converged')
  expect(relative(loss.matrix, dirty.truth)).toBeGreaterThan(0.05)
})

test('the constant rule ends at an error about proportional to its step', () => {
  const { measurements, y, truth } = draw(10)
  const [long, short] = [0.1, 0.01].map((eta) =>
    relative(subgm(measurements, y, { stepSize: constant(eta), tolerance: 0, maxIterations: 3000 }).matrix, truth),
  )
  expect(long / short).toBeGreaterThan(3)
})

test('steps too large are said to diverge, with the last finite factor', () => {
  const { measurements, y } = draw(11)
  for (const solve of [subgm, gradientDescent]) {
    const { status, message, factor } = solve(measurements, y, {
      stepSize: (state) => 1e3 + 10 * state.objective,
      tolerance: 0,
    })
    expect(status).toBe('diverged')
    expect(message).toContain('the step sizes are too large')
    expect(factor.data.every(Number.isFinite)).toBe(true)
  }
})

test('gradient descent without outliers ends at X, and with them elsewhere', () => {
  const exact = draw(12, { corruption: 0 })
  const l2 = gradientDescent(exact.measurements, exact.y, {
    stepSize: constant(0.1),
    tolerance: 1e-7,
    maxIterations: 3000,
  })
  expect(relative(l2.matrix, exact.truth)).toBeLessThan(1e-3)
  const dirty = draw(12)
  const lost = gradientDescent(dirty.measurements, dirty.y, { stepSize: constant(0.05), maxIterations: 500 })
  expect(relative(lost.matrix, dirty.truth)).toBeGreaterThan(0.3)
})

test("the caller's arrays are not changed, and frozen ones are taken", () => {
  const A = Object.freeze([1, 2, 3].map((v) => Object.freeze([Object.freeze([v, 0]), Object.freeze([1, v])])))
  const y = Object.freeze([1, 4, 9])
  const text = JSON.stringify([A, y])
  recover({ measurements: A, y }, { maxIterations: 20 })
  expect(JSON.stringify([A, y])).toBe(text)
})

test('the caller may abort, and gets the answer so far', async () => {
  const problem = draw(13)
  const controller = new AbortController()
  const seen: number[] = []
  const answer = await recover.async(problem, {
    signal: controller.signal,
    onProgress: ({ iteration }) => {
      seen.push(iteration)
      if (iteration === 7) controller.abort()
    },
  })
  expect([answer.status, answer.iterations, seen.length]).toEqual(['aborted', 7, 7])
})
