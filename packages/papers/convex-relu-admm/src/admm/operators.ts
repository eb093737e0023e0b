import { gemmScratch, type MatrixKernels, type MatrixView, transpose, type Views } from '@opt/core'
import type { Patterns } from '../patterns/patterns.ts'
import { denseMatrix } from '../program/dense-matrix.ts'

/** n rows of d features, P patterns. */
export interface Sizes {
  n: number
  d: number
  P: number
}

/** The arrays of {@link Operators}. */
export interface OperatorViews {
  X: MatrixView
  D: MatrixView
  E: Float64Array
  work: Float64Array
}

export function operatorViews(views: Views, { n, d, P }: Sizes): OperatorViews {
  const size = Math.max(n, d, 2 * P)
  return {
    X: denseMatrix(views, n, d),
    D: denseMatrix(views, P, n),
    E: views.f64(P * n),
    work: views.f64(gemmScratch(size, size, size)),
  }
}

/**
 * The linear maps F and G of the convex program, F u = sum_i D_i X (v_i - w_i) and G u = {E_i X
 * u_i}, both from one product U X'. Weights are 2 P x d: all v_i, then all w_i; constraints are 2 P
 * x n, and row i has the signs E_i mod P.
 */
export class Operators {
  readonly n: number
  readonly d: number
  readonly P: number
  readonly kernels: MatrixKernels
  readonly X: MatrixView
  readonly Xt: MatrixView
  /** P x n of 0 and 1. Loops multiply by it: a branch would be mispredicted every other time. */
  readonly D: MatrixView
  /** 2 D - 1. */
  readonly E: Float64Array
  /** Scratch of gemm. */
  readonly work: Float64Array

  constructor(X: Float64Array, patterns: Patterns, kernels: MatrixKernels, views: OperatorViews) {
    this.n = patterns.rows
    this.P = patterns.count
    this.d = X.length / this.n
    this.kernels = kernels
    this.X = views.X
    this.Xt = transpose(views.X)
    this.D = views.D
    this.E = views.E
    this.work = views.work
    this.X.data.set(X)
    this.D.data.set(patterns.bits)
    for (let k = 0; k < this.E.length; k++) this.E[k] = 2 * this.D.data[k] - 1
  }

  /** C = A B. */
  multiply(A: MatrixView, B: MatrixView, C: MatrixView): void {
    C.data.fill(0)
    this.kernels.gemm(1, A, B, C, this.work)
  }

  /** C += A B. */
  addProduct(A: MatrixView, B: MatrixView, C: MatrixView): void {
    this.kernels.gemm(1, A, B, C, this.work)
  }

  /** f = F u from XU = U X'. */
  predictions(XU: MatrixView, f: Float64Array): void {
    const { n, P } = this
    const D = this.D.data
    const sides = XU.data
    f.fill(0)
    for (let i = 0; i < P; i++)
      for (let k = 0, v = i * n, w = (P + i) * n; k < n; k++, v++, w++) f[k] += D[v] * (sides[v] - sides[w])
  }

  /** f = sum_i (x . v_i)_+ - (x . w_i)_+, the values of the recovered network, from XU = U X'. */
  networkPredictions(XU: MatrixView, f: Float64Array): void {
    const { n, P } = this
    const sides = XU.data
    f.fill(0)
    for (let i = 0; i < P; i++)
      for (let k = 0, v = i * n, w = (P + i) * n; k < n; k++, v++, w++)
        f[k] += Math.max(0, sides[v]) - Math.max(0, sides[w])
  }

  /** R += the 2 P x n matrix whose product with X is F'g. */
  spread(g: Float64Array, R: MatrixView): void {
    const { n, P } = this
    const D = this.D.data
    const sides = R.data
    for (let i = 0; i < P; i++)
      for (let k = 0, v = i * n, w = (P + i) * n; k < n; k++, v++, w++) {
        sides[v] += D[v] * g[k]
        sides[w] -= D[v] * g[k]
      }
  }
}
