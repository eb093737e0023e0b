import { golden, near } from '@opt/testing'
import {
  bounds,
  dataset,
  hardInstance,
  logisticDescent,
  margin,
  normalizedDescent,
  perceptron,
  smoothness,
} from '../src/index.ts'

interface Run {
  kind: 'gd' | 'ngd' | 'batch' | 'nbatch'
  gamma: number | null
  tie: number
  solved: boolean
  iterations: number
  snapshots: { t: number; theta: number[]; loss: number; misclassified: number }[]
  theta: number[]
  loss: number
  maxLoss: number
}
interface Set {
  name: string
  n: number
  d: number
  Z: number[][]
  margin: number
  marginCvxpy: number
  direction: number[]
  theta0: number[] | null
  runs: Run[]
  bounds: Record<string, number>[]
  online: { mistakes: number; passes: number; theta: number[] }
}
const { data } = golden<{ data: Set[] }>(import.meta.url, 'runs.json')
const dataOf = (Z: number[][]) => dataset({ features: Z, labels: Z.map(() => 1), intercept: false })

describe.each(data.map((set) => [set.name, set] as const))('golden runs on %s', (_, set) => {
  const Z = dataOf(set.Z)
  const start = set.theta0 === null ? undefined : { theta: set.theta0 }

  test.each(set.runs.map((run) => [run.kind, run.gamma, run.tie, run] as const))(
    '%s, step %d, tie %d',
    (kind, gamma, tie, run) => {
      const solve = kind === 'gd' || kind === 'batch' ? logisticDescent : normalizedDescent
      const stepSize = kind === 'batch' || kind === 'nbatch' ? Infinity : gamma!
      const options = { stepSize, tie, start, maxIterations: run.iterations || 1 }
      const { status, iterations, history, theta, loss } = solve(Z, options)
      expect([status, iterations]).toEqual([run.solved ? 'converged' : 'max-iterations', run.iterations])
      near(theta, run.theta, { ofLargest: 1e-10 })
      near(loss, run.loss, { relative: 1e-10, absolute: 1e-300 })
      for (const { t, theta, loss, misclassified } of run.snapshots) {
        const there = t === 0 ? undefined : solve(Z, { ...options, maxIterations: t })
        if (!there) continue
        near(there.theta, theta, { ofLargest: 1e-10, label: `theta after ${t}` })
        near(history[t - 1].loss, loss, { relative: 1e-10, absolute: 1e-300, label: `loss after ${t}` })
        expect(history[t - 1].misclassified).toBe(misclassified)
      }
      if (start === undefined)
        near(Math.max(Math.LN2, ...history.map((report) => report.loss)), run.maxLoss, { relative: 1e-10 })
    },
  )

  test('the classical perceptron', () => {
    const { status, iterations, mistakes, theta } = perceptron(Z)
    expect([status, iterations, mistakes]).toEqual(['converged', set.online.passes, set.online.mistakes])
    near(theta, set.online.theta, { ofLargest: 1e-12 })
  })

  test('the margin from both sides', () => {
    const { status, theta, marginLower, marginUpper, margin: mu } = margin(Z, { tolerance: 1e-10 })
    expect(status).toBe('converged')
    near([mu, mu], [set.margin, set.marginCvxpy], { absolute: 1e-9 })
    expect(marginLower).toBeLessThanOrEqual(set.margin)
    expect(marginUpper).toBeGreaterThanOrEqual(set.margin * (1 - 1e-15))
    near(theta, set.direction, { absolute: 1e-7 })
  })

  test('the bounds', () => {
    const startNorm = Math.sqrt((set.theta0 ?? []).reduce((sum, v) => sum + v * v, 0))
    const L = smoothness(Z)
    for (const golden of set.bounds) {
      const { gamma, n, R, mu } = golden
      near(Z.radius, R, { relative: 1e-15 })
      near(L, golden.L, { relative: 2e-7 })
      const ours = bounds({ n, radius: R, margin: mu, stepSize: gamma, startNorm, tie: 1 })
      near([ours.gradientDescent, ours.normalized, ours.logWeight], [golden.gd, golden.ngd, golden.logWeight], {
        relative: 1e-9,
      })
      // These are the bounds of a start at 0.
      const fromZero = bounds({ n, radius: R, margin: mu, stepSize: gamma, smoothness: golden.L, tie: 1 })
      near([fromZero.perceptron, fromZero.batch], [golden.perceptron, golden.batch], { relative: 1e-9 })
      if (golden.small === undefined || golden.small === null) expect(fromZero.smallStep).toBe(undefined)
      else near(fromZero.smallStep!, golden.small, { relative: 1e-5 })
    }
  })
})

test('constants', () => {
  const { kappa, rows } = golden<{ kappa: number; rows: { n: number; logWeight: number }[] }>(
    import.meta.url,
    'constants.json',
  )
  for (const { n, logWeight } of rows) {
    const b = bounds({ n, radius: 1, margin: 1, stepSize: 1 })
    near(b.logWeight, logWeight, { relative: 1e-14 })
    near((b.gradientDescent / (2 * n) - 1) / (4 * (n - 1)), kappa, { relative: 1e-13 })
  }
})

interface Hard {
  n: number
  h: number
  R: number
  margin: number
  batch: number
  normalized: number
  formula: number
  online: number
  gd1e6: number
  ngd1e6: number
  gd10: number
  ngd10: number
}
test.each(golden<{ rows: Hard[] }>(import.meta.url, 'hard.json').rows)('the hard instance, n = $n, h = $h', (row) => {
  const instance = hardInstance({ n: row.n, h: row.h, radius: row.R })
  const data = dataset({ ...instance, intercept: false })
  near(instance.margin, row.margin, { relative: 1e-12 })
  expect(instance.batchSteps).toBe(2 + Math.floor(row.formula))
  const options = { history: false, maxIterations: 1e6 }
  expect({
    batch: logisticDescent(data, { ...options, stepSize: Infinity }).iterations,
    normalized: normalizedDescent(data, { ...options, stepSize: Infinity }).iterations,
    online: perceptron(data).mistakes,
    gd1e6: logisticDescent(data, { ...options, stepSize: 1e6 }).iterations,
    ngd1e6: normalizedDescent(data, { ...options, stepSize: 1e6 }).iterations,
    gd10: logisticDescent(data, { ...options, stepSize: 10 }).iterations,
    ngd10: normalizedDescent(data, { ...options, stepSize: 10 }).iterations,
  }).toEqual({
    batch: row.batch,
    normalized: row.normalized,
    online: row.online,
    gd1e6: row.gd1e6,
    ngd1e6: row.ngd1e6,
    gd10: row.gd10,
    ngd10: row.ngd10,
  })
})

interface Limit {
  name: string
  Z: number[][]
  rows: { gamma: number; scaled: number[][]; distance: number }[]
  perceptron: number[][]
}
test.each(golden<{ data: Limit[] }>(import.meta.url, 'limit.json').data)('the limit of large steps on $name', (set) => {
  const Z = dataOf(set.Z)
  const path = (stepSize: number) =>
    set.perceptron.map((_, t) => {
      if (t === 0) return new Float64Array(Z.d)
      const options = { stepSize, stopWhenSolved: false, maxIterations: t, history: false }
      return logisticDescent(Z, options).theta.map((v) => (stepSize === Infinity ? v : v / stepSize))
    })
  const limit = path(Infinity)
  near(limit, set.perceptron, { absolute: 1e-12 })
  for (const { gamma, scaled, distance } of set.rows) {
    const ours = path(gamma)
    near(ours, scaled, { absolute: 1e-12 })
    const gaps = ours.flatMap((theta, t) => Array.from(theta, (v, j) => Math.abs(v - limit[t][j])))
    near(Math.max(...gaps), distance, { absolute: 1e-12 })
  }
})
