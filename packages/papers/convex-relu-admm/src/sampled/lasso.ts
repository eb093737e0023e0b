import { allocate, gemmScratch, type MatrixKernels, type MatrixView, matrixKernels, refuse, transpose } from '@opt/core'
import { scaledBound, scaleWithin } from '../program/certificate.ts'
import { denseMatrix } from '../program/dense-matrix.ts'
import { type Loss, totalLoss } from '../program/losses.ts'
import type { Data } from '../program/problem.ts'

/** The lasso min_a loss(H a, y) + beta ||a||_1 that the sampled program amounts to, with the memory to solve it. */
export interface Lasso {
  n: number
  N: number
  y: Float64Array
  loss: Loss
  /** In the unit of the features. */
  beta: number
  /** The number that the features are divided by; the weights of the program are a / unit. */
  unit: number
  kernels: MatrixKernels
  /** n x N, and its transpose. */
  H: MatrixView
  Ht: MatrixView
  a: Float64Array
  /** H a. */
  f: Float64Array
  /** Scratch of n and N numbers. */
  g: Float64Array
  t: Float64Array
}

/**
 * Sets up the lasso on H = max(0, X U'), in a unit near its largest entry: a power of two, so that
 * nothing is rounded, and squares of entries neither over- nor underflow.
 *
 * @param directions U, N x d.
 */
export function createLasso({ n, d, X, y, loss }: Data, directions: Float64Array, beta: number): Lasso {
  const N = directions.length / d
  const memory = allocate([matrixKernels], (views) => ({
    H: denseMatrix(views, n, N),
    Ht: denseMatrix(views, N, n),
    a: views.f64(N),
    f: views.f64(n),
    g: views.f64(n),
    t: views.f64(N),
  }))
  const { H, Ht } = memory
  const XU = products({ n, d, X }, directions, N)
  let largest = 0
  for (let k = 0; k < n * N; k++) {
    if (!Number.isFinite(XU[k])) refuse(`X[${Math.floor(k / N)}]`, 'of a finite product with every direction', 'more')
    largest = Math.max(largest, XU[k])
  }
  const unit = powerOfTwoNear(largest)
  for (let k = 0; k < n; k++)
    for (let i = 0; i < N; i++) H.data[k * N + i] = Ht.data[i * n + k] = Math.max(0, XU[k * N + i]) / unit
  return { ...memory, n, N, y, loss, unit, beta: Math.min(beta / unit, Number.MAX_VALUE) }
}

/** Returns X U', n x N. */
function products({ n, d, X: rows }: Pick<Data, 'n' | 'd' | 'X'>, directions: Float64Array, N: number): Float64Array {
  const { kernels, X, U, XU, work } = allocate([matrixKernels], (views) => ({
    X: denseMatrix(views, n, d),
    U: denseMatrix(views, N, d),
    XU: denseMatrix(views, n, N),
    work: views.f64(gemmScratch(n, N, d)),
  }))
  X.data.set(rows)
  U.data.set(directions)
  kernels.gemm(1, X, transpose(U), XU, work)
  return XU.data
}

/** Returns 1 for ordinary features, otherwise a power of two within a factor of two of x. */
function powerOfTwoNear(x: number): number {
  let power = 1
  if (x > 1e4) for (; power <= x / 2; power *= 2);
  else if (x > 0 && x < 1e-4) for (; power > x && power > 1e-300; power /= 2);
  return power
}

/** Returns loss(H a, y) + beta ||a||_1; writes f = H a. */
export function objectiveOf({ N, y, loss, beta, kernels, H, a, f }: Lasso): number {
  kernels.gemv(H, a, f)
  let length = 0
  for (let i = 0; i < N; i++) length += Math.abs(a[i])
  return totalLoss(loss, f, y) + (length === 0 ? 0 : beta * length)
}

/** Returns the lower bound -loss*(g) for a dual estimate g, scaled until |H'g| <= beta everywhere. */
export function dualBound({ n, N, y, loss, beta, kernels, Ht, g, t }: Lasso, gradient: Float64Array): number {
  for (let k = 0; k < n; k++) g[k] = loss.clip(gradient[k], y[k])
  kernels.gemv(Ht, g, t)
  let largest = 0
  for (let i = 0; i < N; i++) largest = Math.max(largest, Math.abs(t[i]))
  return scaledBound(loss, g, y, scaleWithin(largest, beta))
}
