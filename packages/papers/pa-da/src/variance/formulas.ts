/** Gradient norms of every path and example. */
export interface VarianceTable {
  /** |g_ai|^2: one array for each path. */
  squares: Float64Array[]
  /** |g_a|^2 of the mean over the examples. */
  full: Float64Array
  /** |mean over paths and examples|^2. */
  squaredMean: number
  batch: number
}

/** a / b, where 0 / 0 is 0: what never happens adds nothing. */
const ratio = (a: number, b: number) => (a === 0 ? 0 : a / b)

/** S_a(p) = sum_i |g_ai|^2 / p_i / (B N^2) + (1 - 1/B) |g_a|^2: the second moment of the weighted gradient of path a. */
export function secondMoments({ squares, full, batch }: VarianceTable, p: Float64Array): Float64Array {
  const n = p.length
  return full.map((square, a) => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += ratio(squares[a][i], p[i])
    return sum / (batch * n * n) + (1 - 1 / batch) * square
  })
}

/** Var(q, p) = sum_a S_a(p) / q_a / A^2 - |mean|^2. */
export function varianceOf(table: VarianceTable, q: Float64Array, p: Float64Array): number {
  const moments = secondMoments(table, p)
  let sum = 0
  for (let a = 0; a < q.length; a++) sum += ratio(moments[a], q[a])
  return sum / (q.length * q.length) - table.squaredMean
}

/** q ~ sqrt S_a. */
export const pathOptimum = (moments: Float64Array): Float64Array => proportional(moments.map(Math.sqrt))

/** p ~ sqrt(sum_a |g_ai|^2 / q_a). */
export function dataOptimum({ squares }: VarianceTable, q: Float64Array): Float64Array {
  const sums = new Float64Array(squares[0].length)
  for (let a = 0; a < q.length; a++) for (let i = 0; i < sums.length; i++) sums[i] += ratio(squares[a][i], q[a])
  return proportional(sums.map(Math.sqrt))
}

function proportional(values: Float64Array): Float64Array {
  const sum = values.reduce((total, value) => total + value, 0)
  return values.map((value) => (sum > 0 ? value / sum : 1 / values.length))
}
