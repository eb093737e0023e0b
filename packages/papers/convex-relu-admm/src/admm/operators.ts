import { gemmScratch, type Kernels, type Views } from '@opt/core'
import type { Patterns } from '../patterns/patterns.ts'

/** n rows of d features, P patterns. */
export interface Sizes {
  n: number
  d: number
  P: number
}

/** The arrays of {@link Operators}. */
export interface OperatorViews {
  X: Float64Array
  D: Float64Array
  E: Float64Array
  scratch: Float64Array
}

export function operatorViews(views: Views, { n, d, P }: Sizes): OperatorViews {
  const size = Math.max(n, d, 2 * P)
  return {
    X: views.f64(n * d),
    D: views.f64(P * n),
    E: views.f64(P * n),
    scratch: views.f64(gemmScratch(size, size, size)),
  }
}

/**
 * The linear maps F and G of the convex program, F u = sum_i D_i X (v_i - w_i) and G u = {E_i X u_i}, both from one product
 * U X'. Weights are 2 P x d: all v_i, then all w_i; constraints are 2 P x n, and row i has the signs E_i mod P.
 */
export class Operators {
  readonly n: number
  readonly d: number
  readonly P: number
  readonly kernels: Kernels
  readonly X: Float64Array
  /** P x n of 0 and 1. Loops multiply by it: a branch would be mispredicted every other time. */
  readonly D: Float64Array
  /** 2 D - 1. */
  readonly E: Float64Array
  readonly scratch: Float64Array

  constructor(X: Float64Array, patterns: Patterns, kernels: Kernels, views: OperatorViews) {
    this.n = patterns.rows
    this.P = patterns.count
    this.d = X.length / this.n
    this.kernels = kernels
    this.X = views.X
    this.D = views.D
    this.E = views.E
    this.scratch = views.scratch
    this.X.set(X)
    this.D.set(patterns.bits)
    for (let k = 0; k < this.E.length; k++) this.E[k] = 2 * this.D[k] - 1
  }

  /** XU = U X', for that many rows of U. */
  project(U: Float64Array, XU: Float64Array, rows: number = 2 * this.P): void {
    const { n, d } = this
    XU.fill(0)
    this.kernels.gemm(rows, n, d, 1, U, d, 1, this.X, 1, d, XU, n, this.scratch)
  }

  /** U += R X. */
  backProject(R: Float64Array, U: Float64Array): void {
    const { n, d, P } = this
    this.kernels.gemm(2 * P, d, n, 1, R, n, 1, this.X, d, 1, U, d, this.scratch)
  }

  /** f = F u from XU = U X'. */
  predictions(XU: Float64Array, f: Float64Array): void {
    const { n, D, P } = this
    f.fill(0)
    for (let i = 0; i < P; i++)
      for (let k = 0, v = i * n, w = (P + i) * n; k < n; k++, v++, w++) f[k] += D[v] * (XU[v] - XU[w])
  }

  /** f = sum_i (x . v_i)_+ - (x . w_i)_+, the values of the recovered network, from XU = U X'. */
  networkPredictions(XU: Float64Array, f: Float64Array): void {
    const { n, P } = this
    f.fill(0)
    for (let i = 0; i < P; i++)
      for (let k = 0, v = i * n, w = (P + i) * n; k < n; k++, v++, w++) f[k] += Math.max(0, XU[v]) - Math.max(0, XU[w])
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
}
