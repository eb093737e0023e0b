import { log, number, refuse, type VectorLike, vector } from '@opt/core'
import { allowedPairs, type CostRange, costRange, type Support } from './allowed.ts'
import { acrossTheBox, type CostLike, costOf } from './cost-rows.ts'

/**
 * A transport problem as the solvers see it: only points with mass, masses of sum 1, and a cost that is shifted to
 * start at 0 and scaled by a power of two (exactly) to a range of about 1, so that nothing overflows on the way.
 */
export interface Problem extends Support {
  logA: Float64Array
  logB: Float64Array
  /** Working cost = (cost - shift) * scale. */
  shift: number
  scale: number
  /** Largest working cost of an allowed pair. */
  range: number
  /** Pairs that cost more than this are forbidden (in the caller's units). */
  highest: number
  /** Whether any pair is forbidden. */
  forbids: boolean
  /** Why no plan has these marginals: ends the solve. */
  infeasible?: string
  /** Why the answer cannot be certified: keeps the solve from converging. */
  lost?: string
  /** Regularisation of the working cost. */
  epsilon: number
  /** Writes the working cost of rows `from` to `to`, by default all, row-major with the given stride. */
  writeCost(out: Float64Array, stride: number, from?: number, to?: number): void
}

/** Options of {@link workingProblem}. */
export interface WorkingOptions {
  epsilon: number
  tolerance?: number | undefined
  fromPoints?: boolean
}

/** Refuses sums of masses that differ. */
export function equalSums(a: number, b: number, label: string): void {
  if (!(Math.abs(a - b) <= 1e-9 * Math.max(a, b))) refuse(label, 'of equal sums', `${a} and ${b}`)
}

/** Finds the positive masses: their indices, the masses divided by their sum, and the sum. */
function positive(masses: Float64Array): { at: Int32Array; mass: Float64Array; total: number } {
  const all = new Int32Array(masses.length)
  let [count, total] = [0, 0]
  for (let i = 0; i < masses.length; i++) {
    if (!(masses[i] > 0)) continue
    all[count++] = i
    total += masses[i]
  }
  const at = all.slice(0, count)
  const mass = new Float64Array(count)
  for (let k = 0; k < count; k++) mass[k] = masses[at[k]] / total
  return { at, mass, total }
}

/**
 * Checks everything a user may get wrong and prepares the working problem. The caller's arrays are only read.
 *
 * @param options.fromPoints take the range of a cost with points from their bounding box, not entry by entry.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function workingProblem(
  given: CostLike,
  a: VectorLike,
  b: VectorLike,
  { epsilon, tolerance = 1e-9, fromPoints = false }: WorkingOptions,
): Problem {
  const cost = costOf(given)
  const sources = positive(vector(a, 'a', { length: cost.rows, sign: 'nonnegative' }))
  const targets = positive(vector(b, 'b', { length: cost.columns, sign: 'nonnegative' }))
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
  const working: Support = {
    cost,
    a: sources.mass,
    b: targets.mass,
    rows: sources.at,
    columns: targets.at,
    mass: sources.total,
  }
  const pairs = allowedPairs(working, extent, epsilon, tolerance)
  const forbids = extent.forbids || pairs.highest < high
  const range = pairs.highest - low
  // Costs and epsilon must be small beside the cost of forbidden pairs.
  const size = forbids ? Math.max(range, epsilon) : range
  let scale = 1
  while (size * scale > 1) scale /= 2
  while (size > 0 && size * scale <= 0.5 && scale < 1e307) scale *= 2
  if (!(epsilon * scale > 0 && Number.isFinite(1 / (epsilon * scale))))
    refuse('epsilon', `of a size with the range of cost (${range})`, String(epsilon))
  const problem: Problem = {
    ...working,
    ...pairs,
    logA: working.a.map(log),
    logB: working.b.map(log),
    forbids,
    shift: low,
    scale,
    range: range * scale,
    epsilon: epsilon * scale,
    writeCost: (out, stride, from = 0, to = working.a.length) => writeCost(problem, out, stride, from, to),
  }
  return problem
}

/** The working cost of a forbidden pair: exp(-FORBIDDEN / epsilon) is 0, and 0 times it is 0. */
const FORBIDDEN = 1e20

export function writeCost(problem: Problem, out: Float64Array, stride: number, from: number, to: number): void {
  const { cost, rows, columns, shift, scale, highest, forbids } = problem
  const all = columns.length === cost.columns
  for (let i = from; i < to; i++) {
    const row = cost.row(rows[i])
    const at = (i - from) * stride
    if (all) for (let j = 0; j < row.length; j++) out[at + j] = (row[j] - shift) * scale
    else for (let j = 0; j < columns.length; j++) out[at + j] = (row[columns[j]] - shift) * scale
    if (forbids) for (let j = 0; j < columns.length; j++) if (row[columns[j]] > highest) out[at + j] = FORBIDDEN
  }
}
