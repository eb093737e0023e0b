import { type Kernels, solveScratch, type Views } from '@opt/core'
import type { Operators } from './operators.ts'
import type { SplitState } from './state.ts'

/**
 * Solves (I + F'F / rho + G'G) u = v - lambda + G'(s - nu) + F't / rho, with E (s - nu) in R; writes U and M = U X'.
 */
export type UStep = (state: SplitState, t: Float64Array) => void

function cholesky(n: number, A: Float64Array, kernels: Kernels, work: Float64Array): void {
  if (kernels.potrf(n, A, n, work) === 0) return
  throw new RangeError('convexRelu: the linear system is singular in rounding; standardise the features or raise rho')
}

export interface RowsViews {
  inverse: Float64Array
  XB: Float64Array
  K: Float64Array
  C: Float64Array
  Q: Float64Array
  q: Float64Array
  column: Float64Array
  factor: Float64Array
  work: Float64Array
}

export function rowsViews(views: Views, n: number, d: number, P: number): RowsViews {
  return {
    ...{ inverse: views.f64(d * d), factor: views.f64(d * d), XB: views.f64(n * d), K: views.f64(n * n) },
    ...{ C: views.f64(P * d), Q: views.f64(P * n), q: views.f64(n), column: views.f64(P) },
    work: views.f64(solveScratch(Math.max(n, d), Math.max(n, d))),
  }
}

/**
 * The u-step through an n x n system. G'G has the same block X'X everywhere, so with B = I + X'X the Woodbury identity leaves
 * rho I + K, K = 2 (X B^-1 X') o (D D').
 */
export function rowsStep(ops: Operators, rho: number, views: RowsViews): UStep {
  const { n, d, P, X, D, kernels, scratch } = ops
  const { inverse, XB, K, C, Q, q, column, factor, work } = views

  factor.fill(0)
  kernels.gemm(d, d, n, 1, X, 1, d, X, d, 1, factor, d, scratch)
  for (let j = 0; j < d; j++) factor[j * d + j] += 1
  cholesky(d, factor, kernels, work)
  inverse.fill(0)
  for (let j = 0; j < d; j++) inverse[j * d + j] = 1
  kernels.trsm(d, d, factor, d, inverse, d, work)
  kernels.trsmT(d, d, factor, d, inverse, d, work)

  XB.fill(0)
  kernels.gemm(n, d, d, 1, X, d, 1, inverse, d, 1, XB, d, scratch)
  K.fill(0)
  kernels.gemm(n, n, d, 2, XB, d, 1, X, 1, d, K, n, scratch)
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < P; i++) column[i] = D[i * n + k]
    q.fill(0)
    kernels.gemvT(P, n, D, n, column, q)
    for (let j = 0; j < n; j++) K[k * n + j] *= q[j]
    K[k * n + k] += rho
  }
  cholesky(n, K, kernels, work)

  return ({ U, V, L, M, R, A }, t) => {
    // Z = (V - L + R X) B^-1, in U.
    for (let k = 0; k < V.length; k++) A[k] = V[k] - L[k]
    U.fill(0)
    kernels.gemm(2 * P, d, d, 1, A, d, 1, inverse, d, 1, U, d, scratch)
    kernels.gemm(2 * P, d, n, 1, R, n, 1, XB, d, 1, U, d, scratch)
    // q = (rho I + K)^-1 (t - F Z), F Z by the differences of its halves; then U = Z + F'q B^-1: by the same C the v half goes up
    // and the w half down.
    for (let k = 0, w = P * d; k < P * d; k++, w++) C[k] = U[k] - U[w]
    ops.project(C, Q, P)
    q.set(t)
    for (let i = 0, v = 0; i < P; i++) for (let k = 0; k < n; k++, v++) q[k] -= D[v] * Q[v]
    kernels.trsv(n, K, n, q)
    kernels.trsvT(n, K, n, q)
    for (let i = 0, v = 0; i < P; i++) for (let k = 0; k < n; k++, v++) Q[v] = D[v] * q[k]
    C.fill(0)
    kernels.gemm(P, d, n, 1, Q, n, 1, XB, d, 1, C, d, scratch)
    for (let k = 0, w = P * d; k < P * d; k++, w++) {
      U[k] += C[k]
      U[w] -= C[k]
    }
    ops.project(U, M)
  }
}

export interface DenseViews {
  H: Float64Array
  block: Float64Array
  DX: Float64Array
  work: Float64Array
}

export function denseViews(views: Views, n: number, d: number, P: number): DenseViews {
  const size = 2 * P * d
  return {
    H: views.f64(size * size),
    block: views.f64(d * d),
    DX: views.f64(n * d),
    work: views.f64(solveScratch(size, size)),
  }
}

/** The paper's u-step: the Cholesky factor of the whole 2 P d x 2 P d matrix. */
export function denseStep(ops: Operators, rho: number, views: DenseViews): UStep {
  const { n, d, P, X, D, kernels, scratch } = ops
  const { H, block, DX, work } = views
  const size = 2 * P * d
  const add = (row: number, column: number, scale: number) => {
    for (let a = 0; a < d; a++)
      for (let b = 0; b < d; b++) H[(row * d + a) * size + column * d + b] += scale * block[a * d + b]
  }
  const gram = (i: number, j: number) => {
    for (let k = 0; k < n; k++) {
      const on = i < 0 ? 1 : D[i * n + k] * D[j * n + k]
      for (let a = 0; a < d; a++) DX[k * d + a] = on * X[k * d + a]
    }
    block.fill(0)
    kernels.gemm(d, d, n, 1, DX, 1, d, X, d, 1, block, d, scratch)
  }

  H.fill(0)
  for (let k = 0; k < size; k++) H[k * size + k] = 1
  gram(-1, -1)
  for (let i = 0; i < 2 * P; i++) add(i, i, 1)
  for (let i = 0; i < P; i++)
    for (let j = 0; j < P; j++) {
      gram(i, j)
      if (j <= i) {
        add(i, j, 1 / rho)
        add(P + i, P + j, 1 / rho)
      }
      add(P + i, j, -1 / rho)
    }
  cholesky(size, H, kernels, work)

  const scaled = new Float64Array(n)
  return ({ U, V, L, M, R }, t) => {
    for (let k = 0; k < n; k++) scaled[k] = t[k] / rho
    ops.spread(scaled, R)
    for (let k = 0; k < V.length; k++) U[k] = V[k] - L[k]
    ops.adjoint(R, U)
    kernels.trsv(size, H, size, U)
    kernels.trsvT(size, H, size, U)
    ops.project(U, M)
  }
}
