import { exp, log, type Matrix, number } from '@opt/core'
import ndarray from 'ndarray'
import type { PlanReadout, WorkingPotentials } from './plan/transport-plan.ts'
import type { Problem } from './problem/problem.ts'

/** The answer of a transport solver. */
export interface TransportSolution {
  /** Dual potentials of lengths n and m, with <a, f> = <b, g>; where the mass is 0, the soft-min of C - g or C - f. */
  f: Float64Array
  g: Float64Array
  /** <C, P>. */
  cost: number
  /** Value of the entropic problem's dual, <a, f> + <b, g> - epsilon (sum P - sum a b'). */
  value: number
  /** KL(P | a b') = sum P log(P / a b') - sum P + sum a b'; the primal value is cost + epsilon kl. */
  kl: number
  /** |P 1 - a|_1 + |P' 1 - b|_1, relative to the mass. */
  error: number
  /** Computes the plan, n x m; each call makes a new matrix. */
  plan(): Matrix
  /** Computes row i of the plan, into `out` (length m) if given. */
  planRow(i: number, out?: Float64Array): Float64Array
}

/** Converts the working plan to the caller's units and order. */
export function transportSolution(problem: Problem, plan: PlanReadout): TransportSolution {
  const { rows, columns, mass, scale, shift, a, b } = problem
  const epsilon = problem.epsilon / scale
  const { rows: n, columns: m } = problem.cost
  const { r, c, cost, ...working } = plan
  const writeRow = plan.writeRow ?? exponentialRow(problem, working)
  const total = sum(r)
  const linear = dot(a, working.f) + dot(b, working.g)
  const spread = dot(r, working.f) + dot(c, working.g)

  const tilt = (dot(b, working.g) - dot(a, working.f)) / 2
  const offset = (shift - epsilon * log(mass)) / 2
  const f = new Float64Array(n)
  const g = new Float64Array(m)
  rows.forEach((at, i) => (f[at] = (working.f[i] + tilt) / scale + offset))
  columns.forEach((at, j) => (g[at] = (working.g[j] - tilt) / scale + offset))
  fillSilent(problem, f, g, epsilon)

  const inRow = new Int32Array(n).fill(-1)
  rows.forEach((at, i) => (inRow[at] = i))
  const packed = new Float64Array(columns.length)
  function planRow(i: number, out: Float64Array = new Float64Array(m)): Float64Array {
    number(i, 'planRow: i', { integer: true, min: 0, max: n - 1 })
    number(out.length, 'planRow: length of out', { min: m, max: m })
    out.fill(0)
    if (inRow[i] >= 0) {
      writeRow(inRow[i], packed)
      for (let j = 0; j < columns.length; j++) out[columns[j]] = mass * packed[j]
    }
    return out
  }

  return {
    f,
    g,
    cost: mass * (cost / scale + shift * total),
    value: mass * (linear / scale + shift - epsilon * (log(mass) + total - mass)),
    kl: mass * ((spread - cost) / problem.epsilon - (log(mass) + 1) * total + mass),
    error: distance(r, a) + distance(c, b),
    plan() {
      const out = new Float64Array(n * m)
      rows.forEach((at) => planRow(at, out.subarray(at * m, (at + 1) * m)))
      return ndarray(out, [n, m])
    },
    planRow,
  }
}

/** Computes rows of the plan from its potentials. */
function exponentialRow(problem: Problem, { f, g }: WorkingPotentials): (i: number, out: Float64Array) => void {
  const { a, b, epsilon } = problem
  return (i, out) => {
    problem.writeCost(out, out.length, i, i + 1)
    for (let j = 0; j < out.length; j++) out[j] = a[i] * b[j] * exp((f[i] + g[j] - out[j]) / epsilon)
  }
}

/** Sets the potentials of points without mass to the soft-min that an infinitesimal mass there would have. */
export function fillSilent(
  { cost, rows, columns, a, b, mass }: Problem,
  f: Float64Array,
  g: Float64Array,
  epsilon: number,
): void {
  const silentRows = others(rows, f.length)
  const silentColumns = others(columns, g.length)
  for (const i of silentRows) {
    const row = cost.row(i)
    f[i] = softMin(columns, b, (j) => row[j] - g[j], epsilon, mass)
  }
  if (silentColumns.length === 0) return
  const column = silentColumns.map(() => new Float64Array(f.length))
  for (const i of rows) {
    const row = cost.row(i)
    silentColumns.forEach((j, k) => (column[k][i] = row[j] - f[i]))
  }
  silentColumns.forEach((j, k) => (g[j] = softMin(rows, a, (i) => column[k][i], epsilon, mass)))
}

/** The numbers 0 .. n - 1 without these. */
function others(these: Int32Array, n: number): number[] {
  const set = new Set(these)
  return Array.from({ length: n }, (_, i) => i).filter((i) => !set.has(i))
}

function softMin(
  at: Int32Array,
  weights: Float64Array,
  h: (k: number) => number,
  epsilon: number,
  mass: number,
): number {
  let low = Infinity
  for (const k of at) low = Math.min(low, h(k))
  // No pair is allowed: any potential will do.
  if (low === Infinity) return 0
  let total = 0
  at.forEach((k, i) => (total += weights[i] * mass * exp((low - h(k)) / epsilon)))
  return low - epsilon * log(total)
}

function distance(x: Float64Array, y: Float64Array): number {
  let total = 0
  for (let i = 0; i < x.length; i++) total += Math.abs(y[i] - x[i])
  return total
}

function dot(x: Float64Array, y: Float64Array): number {
  let total = 0
  for (let i = 0; i < x.length; i++) total += x[i] * y[i]
  return total
}

function sum(x: Float64Array): number {
  let total = 0
  for (const v of x) total += v
  return total
}
