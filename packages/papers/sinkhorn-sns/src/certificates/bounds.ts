import { calling, log, type Matrix, type MatrixLike, matrix, matrixCopy, options, type VectorLike } from '@opt/core'
import { equalSums, workingProblem } from '../problem/problem.ts'
import { checkPotentials, potential } from './potential.ts'
import { roundPlan, roundWithin, sum } from './rounding.ts'

/** Bounds of a transport problem, from a plan and potentials. */
export interface TransportBounds {
  /**
   * lower <= exact optimal transport cost <= upper, rounding errors included; upper is Infinity if no plan was found.
   */
  lower: number
  upper: number
  /** dual <= entropic optimum <= primal; with exact arithmetic the gap is 0 only at the optimum. */
  dual: number
  primal: number
  gap: number
}

/**
 * Certifies a solution: bounds the true (unregularised) optimum from feasible dual potentials and the rounded plan, and
 * the entropic one from the potentials and the rounded plan.
 *
 * @param cost n x m; Infinity forbids a pair.
 * @param a n nonnegative masses.
 * @param b m nonnegative masses of the same sum.
 * @param solution potentials (lengths n and m), plan (n x m) and the epsilon they belong to.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function transportBounds(
  cost: MatrixLike,
  a: VectorLike,
  b: VectorLike,
  solution: { f: VectorLike; g: VectorLike; plan: MatrixLike; epsilon: number },
): TransportBounds {
  const given = options(solution, 'transportBounds: solution')
  const { C, from, to, F, G, epsilon } = checkPotentials('transportBounds', cost, a, b, given)
  const [n, m] = C.shape as [number, number]
  equalSums(sum(from), sum(to), 'transportBounds: a and b')

  const highest = highestNeeded(C, from, to, epsilon)
  let P: Matrix
  let found = true
  const plan = matrix(given.plan, 'transportBounds: plan', { rows: n, columns: m, sign: 'nonnegative' })
  if (C.data.every((c) => c <= highest)) P = roundPlan(plan, from, to)
  else {
    P = matrixCopy(plan, 'transportBounds: plan')
    found = roundWithin(
      P,
      { a: from, b: to },
      { rows: n, columns: m, table: Uint8Array.from(C.data, (c) => Number(c <= highest)) },
    )
  }

  const { value } = potential(C, from, to, { f: F, g: G, epsilon })
  let [upper, size, kl] = [0, 0, 0]
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      const p = P.data[i * m + j]
      const ab = from[i] * to[j]
      kl += ab - p
      if (!(p > 0)) continue
      const paid = C.data[i * m + j] * p
      upper += paid
      size += Math.abs(paid)
      kl += p * (log(p / from[i]) - log(to[j]))
    }
  upper = found ? upper + ROUNDING * (n + m) * size : Infinity
  const primal = upper + epsilon * kl
  return { lower: lowerBound(C, from, to, F), upper, dual: value, primal, gap: primal - value }
}

/** Relative rounding error of a double. */
const ROUNDING = 2.220446049250313e-16

/** Finds the highest cost of a pair that a plan needs; Infinity if all pairs may be needed. */
function highestNeeded(C: Matrix, a: Float64Array, b: Float64Array, epsilon: number): number {
  const mass = sum(a)
  if (!(mass > 0)) return Infinity
  return calling('transportBounds', () => workingProblem(C, a, b, { epsilon }).highest)
}

/**
 * Computes the exact dual's value at the c-transform of f and the c-transform of that, which are feasible
 * (f_i + g_j <= C_ij), minus a bound of the rounding error.
 */
function lowerBound(C: Matrix, a: Float64Array, b: Float64Array, F: Float64Array): number {
  const [n, m] = C.shape as [number, number]
  const reach = (v: number) => (v === Infinity ? 0 : v)
  const gc = new Float64Array(m).fill(Infinity)
  const fc = new Float64Array(n).fill(Infinity)
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) gc[j] = Math.min(gc[j], C.data[i * m + j] - F[i])
  for (let j = 0; j < m; j++) gc[j] = reach(gc[j])
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) fc[i] = Math.min(fc[i], C.data[i * m + j] - gc[j])
  for (let i = 0; i < n; i++) fc[i] = reach(fc[i])
  let [value, size] = [0, 0]
  for (const [x, y] of [
    [a, fc],
    [b, gc],
  ])
    for (let k = 0; k < x.length; k++) {
      value += x[k] * y[k]
      size += Math.abs(x[k] * y[k])
    }
  return value - ROUNDING * (n + m) * size
}
