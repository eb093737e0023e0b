// Every recorded value of test/golden (its README says how they were made).
import { golden, near } from '@opt/testing'
import {
  constantWeights,
  fitPolynomial,
  lastIterateBound,
  lastIterateBoundGradient,
  linearDecay,
  medianFilter,
  optimalSchedule,
  optimalWeights,
  optimizeSchedule,
  refineSchedule,
  regretBound,
  type ScheduleName,
  schedule,
  stepsFromWeights,
} from '../src/index.ts'

const read = <T>(name: string) => golden<T>(import.meta.url, name)

interface Refined {
  kind: string
  T: number
  tau: number
  power: number
  norms: number[]
  width: number
  smoothed: number[]
  steps: number[]
  normalized: number[]
}

test('refinement: smoothed norms are equal, steps to 1e-12', () => {
  const { cases } = read<{ cases: Refined[] }>('refine.json')
  expect(cases.length).toBe(129)
  for (const { kind, T, tau, power, norms, width, smoothed, steps, normalized } of cases) {
    const label = `${kind}, T = ${T}, tau = ${tau}, power = ${power}`
    const refined = refineSchedule(norms, { smoothing: tau, power })
    expect([refined.width, ...refined.smoothed]).toEqual([width, ...smoothed])
    expect([...medianFilter(norms, width)]).toEqual(smoothed)
    near(refined.values, normalized, { absolute: 0, relative: 1e-12, label })
    const weights = Float64Array.from(smoothed, (S) => (power === 2 ? 1 / (S * S) : 1 / S))
    near(stepsFromWeights(weights), steps, { absolute: 0, relative: 1e-12, label })
    expect(refined.values[refined.peakStep]).toBe(T === 1 ? 0 : 1)
  }
})

test('schedules of every shape to 1e-14', () => {
  const { cases } = read<{
    cases: { name: ScheduleName; T: number; warmup: number; power?: number; values: number[] }[]
  }>('schedules.json')
  expect(cases.length).toBe(72)
  for (const { name, T, warmup, power, values } of cases) {
    const ours = schedule(name, { steps: T, warmup, power })
    near(ours, values, { absolute: 1e-14, label: `${name}, T = ${T}, warm-up ${warmup}, power ${power}` })
  }
})

interface Bounds {
  T: number
  distance: number
  norms: number[]
  steps: number[]
  weights: number[]
  scheduleBound: number
  scheduleBoundGradient: number[]
  regretBound: number
  stepsFromWeights: number[]
  optimalWeights: number[]
  optimalRegretBound: number
  linearRegretBound: number
}

test('bounds, their gradients and the optimal weights', () => {
  const { bounds } = read<{ bounds: Bounds[] }>('bounds.json')
  expect(bounds.length).toBe(10)
  for (const expected of bounds) {
    const { norms, distance, steps, weights } = expected
    const { bound, gradient } = lastIterateBoundGradient({ steps, norms, distance })
    expect(lastIterateBound({ steps, norms, distance })).toBe(bound)
    const [optimal, constant] = [optimalWeights({ norms, distance }), constantWeights({ norms, distance })]
    const to = { relative: 1e-12, label: `T = ${expected.T}` }
    near(bound, expected.scheduleBound, to)
    near(gradient, expected.scheduleBoundGradient, { ...to, ofLargest: 1e-10, relative: 1e-10 })
    near(regretBound({ weights, norms, distance }), expected.regretBound, to)
    near(stepsFromWeights(weights), expected.stepsFromWeights, to)
    near(optimal.weights, expected.optimalWeights, to)
    near(optimal.bound, expected.optimalRegretBound, to)
    near(constant.bound, expected.linearRegretBound, to)
  }
})

test('the least bound over all schedules', () => {
  const { optimized } = read<{
    optimized: { T: number; kind: string; distance: number; norms: number[]; steps: number[]; bound: number }[]
  }>('bounds.json')
  expect(optimized.length).toBe(8)
  for (const { T, kind, distance, norms, steps, bound } of optimized) {
    const ours = optimizeSchedule(norms, { distance })
    expect(ours.status).toBe('converged')
    expect(ours.bound).toBeLessThanOrEqual(bound * (1 + 1e-8))
    const exact = optimalSchedule({ norms, distance })
    near(exact.bound, bound, { relative: 1e-12 })
    near(exact.steps, steps, { relative: 1e-3, label: `${kind}, T = ${T}, exactly` })
    near(ours.bound, lastIterateBound({ steps: ours.steps, norms, distance }), { relative: 1e-12 })
    near(ours.steps, steps, { relative: 1e-3, label: `${kind}, T = ${T}` })
  }
})

interface Trajectory {
  A: number[][]
  c: number[]
  x1: number[]
  u: number[]
  schedule: string
  steps: number[]
  x: number[][]
  f: number[]
  active: number[]
  norms: number[]
  distance: number
  fu: number
  weights?: number[]
  weightedRegret?: number
  regretBound?: number
  boundSteps: number[]
  scheduleBound: number
}

test('subgradient methods on maxima of affine functions, and what their bounds say', () => {
  const { cases } = read<{ cases: Trajectory[] }>('trajectories.json')
  expect(cases.length).toBe(8)
  for (const run of cases) {
    const { A, c, x1, u, steps, x, norms, distance, fu, boundSteps, scheduleBound } = run
    const T = steps.length
    const at = x1.slice()
    const seen: number[] = []
    for (let t = 0; t < T; t++) {
      near(at, x[t], { absolute: 1e-12, label: `${run.schedule}, x_${t + 1}` })
      const values = A.map((a, i) => a.reduce((sum, v, j) => sum + v * at[j], c[i]))
      const active = values.indexOf(Math.max(...values))
      expect(active).toBe(run.active[t])
      near(values[active], run.f[t], { absolute: 1e-12 })
      seen.push(Math.sqrt(A[active].reduce((sum, v) => sum + v * v, 0)))
      A[active].forEach((v, j) => {
        at[j] -= steps[t] * v
      })
    }
    near(seen, norms, { relative: 1e-12 })
    near(Math.sqrt(u.reduce((sum, v, j) => sum + (v - x1[j]) * (v - x1[j]), 0)), distance, { relative: 1e-12 })
    const bound = lastIterateBound({ steps: boundSteps, norms, distance })
    near(bound, scheduleBound, { relative: 1e-12 })
    expect(run.f[T - 1] - fu).toBeLessThanOrEqual(bound)
    if (run.weights) {
      near(stepsFromWeights(run.weights), steps, { absolute: 1e-12 })
      const guarantee = regretBound({ weights: run.weights, norms, distance })
      near(guarantee, run.regretBound!, { relative: 1e-12 })
      expect(run.f[T - 1] - fu).toBeLessThanOrEqual(guarantee)
    }
  }
})

test('polynomial fits to 1e-12', () => {
  const { cases } = read<{
    cases: { values: number[]; warmups: number[]; powers: number[]; fit: Record<'warmup' | 'power' | 'rmse', number> }[]
  }>('polynomial.json')
  expect(cases.length).toBe(3)
  for (const { values, warmups, powers, fit } of cases) {
    const ours = fitPolynomial(values, { warmups, powers })
    expect([ours.warmup, ours.power]).toEqual([fit.warmup, fit.power])
    near(ours.rmse, fit.rmse, { relative: 1e-12 })
  }
})

type Shape = { scale: number; worst: number }
interface WorstCases {
  T: number
  lower: number
  'linear-theory': number
  [shape: string]: number | Shape
}

test('no bound is below the worst case over all convex functions', () => {
  const { rows } = read<{ rows: WorstCases[] }>('worst-case.json')
  expect(rows.map(({ T }) => T)).toEqual([2, 3, 5, 8, 12])
  for (const row of rows) {
    const { T, lower } = row
    const norms = new Float64Array(T).fill(1)
    near(row['linear-theory'], constantWeights({ norms, distance: 1 }).bound, { absolute: 1e-6 })
    near(lower, 1 / Math.sqrt(T), { relative: 1e-12 })
    near(
      linearDecay(T, { distance: 1, lipschitz: 1 }),
      linearDecay(T).map((v) => v / Math.sqrt(T)),
      { relative: 1e-15 },
    )
    for (const name of ['flat', 'inverse-sqrt', 'inverse', 'cosine', 'linear'] as const) {
      if (typeof row[name] !== 'object') continue
      const { scale, worst } = row[name] as Shape
      const steps = schedule(name, { steps: T }).map((v) => scale * v)
      expect(lastIterateBound({ steps, norms, distance: 1 })).toBeGreaterThanOrEqual(worst - 1e-6)
      expect(worst).toBeGreaterThanOrEqual(lower - 1e-6)
    }
  }
})
