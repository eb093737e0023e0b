import { gemmScratch, type Kernels, type Views } from '@opt/core'
import type { Patterns } from './patterns.ts'

/** The arrays of {@link Operators}. */
export interface OperatorViews {
  X: Float64Array
  D: Float64Array
  E: Float64Array
  scratch: Float64Array
}

export function operatorViews(views: Views, n: number, d: number, P: number): OperatorViews {
  const size = Math.max(n, d, 2 * P)
  return {
    X: views.f64(n * d),
    D: views.f64(P * n),
    E: views.f64(P * n),
    scratch: views.f64(gemmScratch(size, size, size)),
  }
}

/**
 * The linear maps of the convex program. Weights are 2 P x d: all v_i, then all w_i; what belongs to constraints is 2 P x n.
 * F U = sum_i D_i X (v_i - w_i) and G U = {E_i X u_i} both come from one product U X'.
 */
export class Operators {
  readonly n: number
  readonly d: number
  readonly P: number
  readonly kernels: Kernels
  readonly X: Float64Array
  /** P x n of 0 and 1: loops multiply by it, since a branch on it would be mispredicted every other time. */
  readonly D: Float64Array
  /** E = 2 D - 1. */
  readonly E: Float64Array
  readonly scratch: Float64Array

  constructor(X: Float64Array, patterns: Patterns, kernels: Kernels, views: OperatorViews) {
    this.n = patterns.rows
    this.P = patterns.count
    this.d = X.length / this.n
    this.kernels = kernels
    ;({ X: this.X, D: this.D, E: this.E, scratch: this.scratch } = views)
    this.X.set(X)
    this.D.set(patterns.bits)
    for (let k = 0; k < this.E.length; k++) this.E[k] = 2 * this.D[k] - 1
  }

  /** M = U X', for so many rows of U. */
  project(U: Float64Array, M: Float64Array, rows: number = 2 * this.P): void {
    const { n, d } = this
    M.fill(0)
    this.kernels.gemm(rows, n, d, 1, U, d, 1, this.X, 1, d, M, n, this.scratch)
  }

  /** U += R X. */
  adjoint(R: Float64Array, U: Float64Array): void {
    const { n, d, P } = this
    this.kernels.gemm(2 * P, d, n, 1, R, n, 1, this.X, d, 1, U, d, this.scratch)
  }

  /** f = F U from M = U X'. */
  predictions(M: Float64Array, f: Float64Array): void {
    const { n, D, P } = this
    f.fill(0)
    for (let i = 0; i < P; i++)
      for (let k = 0, v = i * n, w = (P + i) * n; k < n; k++, v++, w++) f[k] += D[v] * (M[v] - M[w])
  }

  /** The values sum_i (x . v_i)_+ - (x . w_i)_+ of the recovered network, from M = V X'. */
  networkPredictions(M: Float64Array, f: Float64Array): void {
    const { n, P } = this
    f.fill(0)
    for (let i = 0; i < P; i++)
      for (let k = 0, v = i * n, w = (P + i) * n; k < n; k++, v++, w++) f[k] += Math.max(0, M[v]) - Math.max(0, M[w])
  }

  /** R += the 2 P x n matrix whose product with X is F'g. */
  spread(g: Float64Array, R: Float64Array): void {
    const { n, D, P } = this
    for (let i = 0; i < P; i++)
      for (let k = 0, v = i * n, w = (P + i) * n; k < n; k++, v++, w++) {
        R[v] += D[v] * g[k]
        R[w] -= D[v] * g[k]
      }
  }

  /** E_i for row i of a 2 P x n matrix, as an offset into E. */
  signOffset(row: number): number {
    return (row < this.P ? row : row - this.P) * this.n
  }
}
