import {
  callback,
  log,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  options,
  refuse,
  type TransportInput,
  type VectorLike,
  vector,
} from '@opt/core'
import { allowedPairs, type CostRange, costRange } from './allowed.ts'

/** A cost matrix that is computed row by row, so that it need not fit into memory. */
export interface CostRows {
  rows: number
  columns: number
  /** Writes row i, `columns` numbers; Infinity forbids a pair. */
  writeRow(i: number, out: Float64Array): void
  /** The points whose distances it has, when it has: a device then computes costs where they are needed. */
  points?: CostPoints
}

/** Two point clouds, row-major, and the cost between their points. */
export interface CostPoints {
  x: Float64Array
  y: Float64Array
  dimension: number
  metric: 'sqeuclidean' | 'euclidean' | 'cityblock'
}

/** Names of ground costs, as in scipy's cdist. */
export const METRICS: readonly CostPoints['metric'][] = ['sqeuclidean', 'euclidean', 'cityblock']

/** What is taken for a cost: a matrix, or its rows on demand. */
export type CostLike = MatrixLike | CostRows

/**
 * A transport problem as the solvers see it: only points with mass, masses of sum 1, and a cost that is shifted to
 * start at 0 and scaled by a power of two (exactly) to a range of about 1, so that nothing overflows on the way.
 */
export interface Problem {
  cost: CostRows
  /** Positive masses, sum 1. */
  a: Float64Array
  b: Float64Array
  /** Where they stand among the caller's rows and columns. */
  rows: Int32Array
  columns: Int32Array
  /** Sum of the caller's masses. */
  mass: number
  /** Working cost = (cost - shift) * scale. */
  shift: number
  scale: number
  /** Largest working cost of the pairs that are allowed. */
  range: number
  /** Pairs that cost more than this are forbidden (in the caller's units). */
  highest: number
  /** Whether there are any. */
  forbids: boolean
  /** What ends the solve, or keeps it from converging: a sentence. */
  infeasible?: string
  lost?: string
  /** Regularisation of the working cost. */
  epsilon: number
}

/** Refuses masses of which one side has more. */
export function equalSums(a: number, b: number, label: string): void {
  if (!(Math.abs(a - b) <= 1e-9 * Math.max(a, b))) refuse(label, 'of equal sums', `${a} and ${b}`)
}

/** Indices of positive masses and the masses themselves, normalised. */
function support(masses: Float64Array): { at: Int32Array; mass: Float64Array; total: number } {
  const at = Int32Array.from(masses.keys()).filter((i) => masses[i] > 0)
  let total = 0
  for (const i of at) total += masses[i]
  return { at, mass: Float64Array.from(at, (i) => masses[i] / total), total }
}

function checkRows(cost: CostRows): CostRows {
  const { rows, columns, writeRow, points } = cost
  number(rows, 'cost.rows', { integer: true, min: 1 })
  number(columns, 'cost.columns', { integer: true, min: 1 })
  callback(writeRow, 'cost.writeRow')
  if (points === undefined) return cost
  const { x, y, dimension, metric } = options(points, 'cost.points')
  number(dimension, 'cost.points.dimension', { integer: true, min: 1 })
  vector(x, 'cost.points.x', { length: rows * dimension })
  vector(y, 'cost.points.y', { length: columns * dimension })
  oneOf(metric, 'cost.points.metric', METRICS)
  return cost
}

function takeCost(cost: CostLike): CostRows {
  if (typeof cost === 'object' && cost !== null && 'writeRow' in cost) return checkRows(cost)
  const { data, shape } = matrix(cost, 'cost', { infinity: true })
  const [rows, columns] = shape as [number, number]
  return { rows, columns, writeRow: (i, out) => out.set(data.subarray(i * columns, (i + 1) * columns)) }
}

/** Costs between points lie between 0 and this, that across the box around them: no need to look at every pair. */
export function acrossTheBox({ x, y, dimension, metric }: CostPoints): number {
  let sum = 0
  for (let k = 0; k < dimension; k++) {
    let [low, high] = [Infinity, -Infinity]
    for (const points of [x, y])
      for (let i = k; i < points.length; i += dimension) {
        if (points[i] < low) low = points[i]
        if (points[i] > high) high = points[i]
      }
    sum += metric === 'cityblock' ? high - low : (high - low) * (high - low)
  }
  return metric === 'euclidean' ? Math.sqrt(sum) : sum
}

/**
 * Checks everything a user may get wrong and prepares the working problem. The caller's arrays are only read. `fromPoints`: where
 * the cost knows its points, it is not looked at entry by entry.
 */
export function takeProblem(
  given: CostLike,
  a: VectorLike,
  b: VectorLike,
  epsilon: number,
  tolerance = 1e-9,
  fromPoints = false,
): Problem {
  const cost = takeCost(given)
  const sources = support(vector(a, 'a', { length: cost.rows, sign: 'nonnegative' }))
  const targets = support(vector(b, 'b', { length: cost.columns, sign: 'nonnegative' }))
  number(epsilon, 'epsilon', { positive: true })
  for (const [name, { total }] of [['a', sources] as const, ['b', targets] as const])
    if (!(total > 0 && total < Infinity)) refuse(name, 'of positive, finite sum', `sum ${total}`)
  equalSums(sources.total, targets.total, 'a and b')

  const extent: CostRange =
    fromPoints && cost.points
      ? { low: 0, high: acrossTheBox(cost.points), forbids: false }
      : costRange(cost, sources.at, targets.at)
  const { low, high } = extent
  if (!Number.isFinite(high - low)) refuse('cost', 'of finite range', `${low} to ${high}`)
  const working = { cost, a: sources.mass, b: targets.mass, rows: sources.at, columns: targets.at, mass: sources.total }
  const pairs = allowedPairs(working, extent, epsilon, tolerance)
  const forbids = extent.forbids || pairs.highest < high
  const range = pairs.highest - low
  // Forbidden pairs have a cost beside which neither costs nor epsilon may be large.
  const size = forbids ? Math.max(range, epsilon) : range
  let scale = 1
  while (size * scale > 1) scale /= 2
  while (size > 0 && size * scale <= 0.5 && scale < 1e307) scale *= 2
  if (!(epsilon * scale > 0 && Number.isFinite(1 / (epsilon * scale))))
    refuse('epsilon', `of a size with the range of cost (${range})`, String(epsilon))
  return { ...working, ...pairs, forbids, shift: low, scale, range: range * scale, epsilon: epsilon * scale }
}

/** The working cost of a forbidden pair: nothing is left of exp(-FORBIDDEN / epsilon), and 0 times it is 0. */
const FORBIDDEN = 1e20

/** Writes the working cost of rows `from` to `to`, row-major with the given stride. */
export function writeCost(
  problem: Problem,
  out: Float64Array,
  stride: number,
  from = 0,
  to: number = problem.rows.length,
): void {
  const { cost, rows, columns, shift, scale, highest, forbids } = problem
  const row = new Float64Array(cost.columns)
  for (let i = from; i < to; i++) {
    cost.writeRow(rows[i], row)
    const at = (i - from) * stride
    for (let j = 0; j < columns.length; j++) out[at + j] = (row[columns[j]] - shift) * scale
    if (forbids) for (let j = 0; j < columns.length; j++) if (row[columns[j]] > highest) out[at + j] = FORBIDDEN
  }
}

/** The working problem as a backend takes it. */
export function deviceInput(problem: Problem): TransportInput {
  const { cost, a, b, rows, columns, scale } = problem
  if (!cost.points)
    return { a, b, cost: { kind: 'matrix', writeRow: (i, out) => writeCost(problem, out, out.length, i, i + 1) } }
  const { x, y, dimension, metric } = cost.points
  const pick = (points: Float64Array, at: Int32Array) => {
    const picked = new Float64Array(at.length * dimension)
    at.forEach((i, k) => picked.set(points.subarray(i * dimension, (i + 1) * dimension), k * dimension))
    return picked
  }
  return { a, b, cost: { kind: 'points', x: pick(x, rows), y: pick(y, columns), dimension, metric, scale } }
}

/** Potentials of the working problem from a user's, or zeros. */
export function takeInitial(
  { cost, rows, columns, shift, scale, mass, epsilon, range }: Problem,
  initial?: { f: VectorLike; g: VectorLike },
): { f: Float64Array; g: Float64Array } {
  if (initial === undefined) return { f: new Float64Array(rows.length), g: new Float64Array(columns.length) }
  options(initial, 'initial')
  const f = vector(initial.f, 'initial.f', { length: cost.rows })
  const g = vector(initial.g, 'initial.g', { length: cost.columns })
  const offset = epsilon * log(mass)
  return withinReach(
    Float64Array.from(rows, (i) => (f[i] - shift) * scale + offset),
    Float64Array.from(columns, (j) => g[j] * scale),
    REACH * (range + 750 * epsilon),
  )
}

/** Potentials further out than this many times what a solution's can be are brought back. */
const REACH = 4

/** Potentials so far out that costs would be lost in their rounding say no more about a solution than where its ends are. */
function withinReach(f: Float64Array, g: Float64Array, reach: number): { f: Float64Array; g: Float64Array } {
  const inside = (v: number) => Math.abs(v) <= reach
  if (f.every(inside) && g.every(inside)) return { f, g }
  const top = g.reduce((high, v) => Math.max(high, v), -Infinity)
  const bring = (v: number) => Math.min(reach, Math.max(-reach, Number.isNaN(v) ? 0 : v))
  return { f: f.map((v) => bring(v + top)), g: g.map((v) => bring(v - top)) }
}
