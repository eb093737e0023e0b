import { cos, exp } from '@opt/core'

const POINTS = 201
const ROUNDS = 50

/**
 * Returns the coefficients of the polynomial that minimises the larger of max |p e^-x - 1| and max |p' e^-x - 1| over
 * |x| <= range, by Lawson's iteration: least squares at 201 Chebyshev points in the basis T_k(x / range), each weight
 * multiplied by its residual, 50 times; the best of all rounds.
 */
export function minimaxCoefficients(range: number, degree: number): Float64Array {
  const columns = chebyshevColumns(range, degree)
  const weights = new Float64Array(2 * POINTS).fill(1)
  let best: Float64Array = new Float64Array(degree + 1)
  let least = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const solution = leastSquares(columns, weights)
    const residuals = weights.map((_, i) =>
      Math.abs(columns.reduce((sum, column, k) => sum + solution[k] * column[i], -1)),
    )
    const worst = residuals.reduce((most, r) => Math.max(most, r))
    if (worst < least) {
      least = worst
      best = solution
    }
    let total = 0
    for (let i = 0; i < weights.length; i++) total += weights[i] *= residuals[i]
    if (!(total > 0)) break
    for (let i = 0; i < weights.length; i++) weights[i] *= weights.length / total
  }
  return fromChebyshev(best, range)
}

/** Columns T_k e^-x, and below them T_k' e^-x, at the points. */
function chebyshevColumns(range: number, degree: number): Float64Array[] {
  const columns = Array.from({ length: degree + 1 }, () => new Float64Array(2 * POINTS))
  for (let i = 0; i < POINTS; i++) {
    const u = cos((Math.PI * i) / (POINTS - 1))
    const factor = exp(-range * u)
    let [t, next, d, dNext] = [1, u, 0, 1]
    for (const column of columns) {
      column[i] = t * factor
      column[POINTS + i] = (d / range) * factor
      ;[t, next, d, dNext] = [next, 2 * u * next - t, dNext, 2 * next + 2 * u * dNext - d]
    }
  }
  return columns
}

/** Minimises sum_i w_i (sum_k x_k column_k,i - 1)^2 by modified Gram-Schmidt. */
function leastSquares(columns: readonly Float64Array[], weights: Float64Array): Float64Array {
  const roots = weights.map(Math.sqrt)
  const q = columns.map((column) => column.map((v, i) => v * roots[i]))
  const rest = roots.slice()
  const n = q.length
  const R = Array.from({ length: n }, () => new Float64Array(n))
  const x = new Float64Array(n)
  const inner = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i], 0)
  const subtract = (a: Float64Array, factor: number, b: Float64Array) => {
    for (let i = 0; i < a.length; i++) a[i] -= factor * b[i]
  }
  for (let k = 0; k < n; k++) {
    R[k][k] = Math.sqrt(inner(q[k], q[k]))
    if (!(R[k][k] > 0)) return x.fill(Number.NaN)
    for (let i = 0; i < rest.length; i++) q[k][i] /= R[k][k]
    for (let l = k + 1; l < n; l++) {
      R[k][l] = inner(q[k], q[l])
      subtract(q[l], R[k][l], q[k])
    }
    x[k] = inner(q[k], rest)
    subtract(rest, x[k], q[k])
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let l = k + 1; l < n; l++) x[k] -= R[k][l] * x[l]
    x[k] /= R[k][k]
  }
  return x
}

/** Converts sum_k a_k T_k(x / range) to powers of x. */
function fromChebyshev(a: Float64Array, range: number): Float64Array {
  const n = a.length
  const out = new Float64Array(n)
  let [t, next] = [new Float64Array(n), new Float64Array(n)]
  t[0] = 1
  if (n > 1) next[1] = 1
  for (let k = 0; k < n; k++) {
    for (let m = 0; m <= k; m++) out[m] += a[k] * t[m]
    const after = next.map((_, m) => (m > 0 ? 2 * next[m - 1] : 0) - t[m])
    ;[t, next] = [next, after]
  }
  let power = 1
  for (let m = 0; m < n; m++, power *= range) out[m] /= power
  return out
}
