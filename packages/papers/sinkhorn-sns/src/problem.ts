import { log, type MatrixLike, matrix, number, refuse, type VectorLike, vector } from '@opt/core'

/** A cost matrix that is computed row by row, so that it need not fit into memory. */
export interface CostRows {
  rows: number
  columns: number
  /** Writes row i, `columns` finite numbers. */
  writeRow(i: number, out: Float64Array): void
}

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
  /** Largest working cost. */
  range: number
  /** Regularisation of the working cost. */
  epsilon: number
}

/** Indices of positive masses and the masses themselves, normalised. */
function support(masses: Float64Array): { at: Int32Array; mass: Float64Array; total: number } {
  const at = Int32Array.from(masses.keys()).filter((i) => masses[i] > 0)
  let total = 0
  for (const i of at) total += masses[i]
  return { at, mass: Float64Array.from(at, (i) => masses[i] / total), total }
}

function takeCost(cost: CostLike): CostRows {
  if (typeof cost === 'object' && cost !== null && 'writeRow' in cost) return cost
  const { data, shape } = matrix(cost, 'cost')
  const [rows, columns] = shape as [number, number]
  return { rows, columns, writeRow: (i, out) => out.set(data.subarray(i * columns, (i + 1) * columns)) }
}

/** Checks everything a user may get wrong and prepares the working problem. The caller's arrays are only read. */
export function takeProblem(given: CostLike, a: VectorLike, b: VectorLike, epsilon: number): Problem {
  const cost = takeCost(given)
  const sources = support(vector(a, 'a', { length: cost.rows, sign: 'nonnegative' }))
  const targets = support(vector(b, 'b', { length: cost.columns, sign: 'nonnegative' }))
  number(epsilon, 'epsilon', { positive: true })
  for (const [name, { total }] of [['a', sources] as const, ['b', targets] as const])
    if (!(total > 0 && total < Infinity)) refuse(name, 'of positive, finite sum', `sum ${total}`)
  if (Math.abs(sources.total - targets.total) > 1e-9 * Math.max(sources.total, targets.total))
    refuse('a and b', 'of equal sums', `${sources.total} and ${targets.total}`)

  let low = Infinity
  let high = -Infinity
  const row = new Float64Array(cost.columns)
  for (const i of sources.at) {
    cost.writeRow(i, row)
    for (const j of targets.at) {
      const c = row[j]
      if (c < low) low = c
      if (c > high) high = c
      if (Number.isNaN(c)) refuse(`cost[${i}][${j}]`, 'a finite number', 'NaN')
    }
  }
  if (!Number.isFinite(high - low)) refuse('cost', 'of finite range', `${low} to ${high}`)
  let scale = 1
  while ((high - low) * scale > 1) scale /= 2
  while (high > low && (high - low) * scale <= 0.5 && scale < 1e307) scale *= 2
  if (!(epsilon * scale > 0 && Number.isFinite(1 / (epsilon * scale))))
    refuse('epsilon', `of a size with the range of cost (${high - low})`, String(epsilon))
  return {
    cost,
    a: sources.mass,
    b: targets.mass,
    rows: sources.at,
    columns: targets.at,
    mass: sources.total,
    shift: low,
    scale,
    range: (high - low) * scale,
    epsilon: epsilon * scale,
  }
}

/** Writes the working cost of rows `from` to `to`, row-major with the given stride. */
export function writeCost(
  problem: Problem,
  out: Float64Array,
  stride: number,
  from = 0,
  to: number = problem.rows.length,
): void {
  const { cost, rows, columns, shift, scale } = problem
  const row = new Float64Array(cost.columns)
  for (let i = from; i < to; i++) {
    cost.writeRow(rows[i], row)
    const at = (i - from) * stride
    for (let j = 0; j < columns.length; j++) out[at + j] = (row[columns[j]] - shift) * scale
  }
}

/** Potentials of the working problem from a user's, or zeros. */
export function takeInitial(
  { cost, rows, columns, shift, scale, mass, epsilon }: Problem,
  initial?: { f: VectorLike; g: VectorLike },
): { f: Float64Array; g: Float64Array } {
  if (!initial) return { f: new Float64Array(rows.length), g: new Float64Array(columns.length) }
  const f = vector(initial.f, 'initial.f', { length: cost.rows })
  const g = vector(initial.g, 'initial.g', { length: cost.columns })
  const offset = epsilon * log(mass)
  return {
    f: Float64Array.from(rows, (i) => (f[i] - shift) * scale + offset),
    g: Float64Array.from(columns, (j) => g[j] * scale),
  }
}
