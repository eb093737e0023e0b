import { log, type Matrix, type MatrixLike, matrix, matrixCopy, number, type VectorLike, vector } from '@opt/core'
import { potential } from './potential.ts'

/** Row and column sums. */
function marginals({ data, shape }: Matrix): { r: Float64Array; c: Float64Array } {
  const [n, m] = shape as [number, number]
  const r = new Float64Array(n)
  const c = new Float64Array(m)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      const p = data[i * m + j]
      r[i] += p
      c[j] += p
    }
  return { r, c }
}

/**
 * Moves a plan onto its marginals exactly, changing it by at most 2 (|P 1 - a|_1 + |P' 1 - b|_1) in L1
 * (Altschuler, Niles-Weed and Rigollet 2017, Algorithm 2).
 *
 * @param plan n x m, nonnegative.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function roundPlan(plan: MatrixLike, a: VectorLike, b: VectorLike): Matrix {
  const P = matrixCopy(plan, 'roundPlan: plan', { sign: 'nonnegative' })
  const [n, m] = P.shape as [number, number]
  const to = {
    a: vector(a, 'roundPlan: a', { length: n, sign: 'nonnegative' }),
    b: vector(b, 'roundPlan: b', { length: m, sign: 'nonnegative' }),
  }
  const shrink = (target: Float64Array, sums: Float64Array) => target.map((t, k) => (sums[k] > t ? t / sums[k] : 1))

  const x = shrink(to.a, marginals(P).r)
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) P.data[i * m + j] *= x[i]
  const y = shrink(to.b, marginals(P).c)
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) P.data[i * m + j] *= y[j]

  const { r, c } = marginals(P)
  const ea = to.a.map((t, i) => Math.max(t - r[i], 0))
  const eb = to.b.map((t, j) => Math.max(t - c[j], 0))
  const missing = ea.reduce((s, e) => s + e, 0)
  if (missing > 0)
    for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) P.data[i * m + j] += (ea[i] * eb[j]) / missing
  return P
}

/** What is known for certain of a transport problem from a plan and potentials. */
export interface TransportBounds {
  /** lower <= exact optimal transport cost <= upper. */
  lower: number
  upper: number
  /** dual <= entropic optimum <= primal; with exact arithmetic the gap is 0 only at the optimum. */
  dual: number
  primal: number
  gap: number
}

/**
 * Certificates of a solution: bounds of the true (unregularised) optimum from feasible dual potentials and the rounded
 * plan, and of the entropic one from the potentials and the rounded plan.
 *
 * @param solution potentials, plan and the epsilon they belong to.
 */
export function transportBounds(
  cost: MatrixLike,
  a: VectorLike,
  b: VectorLike,
  { f, g, plan, epsilon }: { f: VectorLike; g: VectorLike; plan: MatrixLike; epsilon: number },
): TransportBounds {
  const C = matrix(cost, 'transportBounds: cost')
  const [n, m] = C.shape as [number, number]
  const from = vector(a, 'transportBounds: a', { length: n, sign: 'nonnegative' })
  const to = vector(b, 'transportBounds: b', { length: m, sign: 'nonnegative' })
  const F = vector(f, 'transportBounds: f', { length: n })
  const G = vector(g, 'transportBounds: g', { length: m })
  number(epsilon, 'transportBounds: epsilon', { positive: true })
  const P = roundPlan(matrix(plan, 'transportBounds: plan', { rows: n, columns: m }), from, to)

  // The c-transform of f, and its own: feasible for the exact dual, f_i + g_j <= C_ij.
  const gc = new Float64Array(m).fill(Infinity)
  const fc = new Float64Array(n).fill(Infinity)
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) gc[j] = Math.min(gc[j], C.data[i * m + j] - F[i])
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) fc[i] = Math.min(fc[i], C.data[i * m + j] - gc[j])

  const { value } = potential(C, from, to, { f: F, g: G, epsilon })
  let upper = 0
  let kl = 0
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      const p = P.data[i * m + j]
      const ab = from[i] * to[j]
      upper += C.data[i * m + j] * p
      kl += ab - p + (p > 0 ? p * log(p / ab) : 0)
    }
  const primal = upper + epsilon * kl
  return { lower: inner(from, fc) + inner(to, gc), upper, dual: value, primal, gap: primal - value }
}

const inner = (x: Float64Array, y: Float64Array): number => x.reduce((s, v, i) => s + v * y[i], 0)
