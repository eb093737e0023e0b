import { gemmScratch, type MatrixKernels, type MatrixView, type Views } from '@opt/core'
import { denseMatrix } from '../program/dense-matrix.ts'

export interface EigenvalueViews {
  power: MatrixView
  square: MatrixView
  work: Float64Array
}

export function eigenvalueViews(views: Views, d: number): EigenvalueViews {
  return { power: denseMatrix(views, d, d), square: denseMatrix(views, d, d), work: views.f64(gemmScratch(d, d, d)) }
}

/**
 * Returns the largest eigenvalue of a positive semidefinite matrix A. Repeated squaring gives
 * A^(2^k) until it has rank one to rounding; its columns are then the eigenvector.
 */
export function largestEigenvalue(A: MatrixView, kernels: MatrixKernels, views: EigenvalueViews): number {
  const d = A.rows
  let { power, square } = views
  power.data.set(A.data)
  for (let k = 0; k < 40; k++) {
    const size = trace(power)
    if (size === 0) return 0
    for (let j = 0; j < d * d; j++) power.data[j] /= size
    square.data.fill(0)
    kernels.gemm(1, power, power, square, views.work)
    ;[power, square] = [square, power]
    if (trace(power) > 1 - 1e-15) break
  }
  // The Rayleigh quotient x'Ax / x'x of the column with the largest diagonal entry.
  const eigenvectors = power.data
  let best = 0
  for (let j = 1; j < d; j++) if (eigenvectors[j * d + j] > eigenvectors[best * d + best]) best = j
  let numerator = 0
  let denominator = 0
  for (let i = 0; i < d; i++) {
    const x = eigenvectors[i * d + best]
    let Ax = 0
    for (let j = 0; j < d; j++) Ax += A.data[i * d + j] * eigenvectors[j * d + best]
    numerator += x * Ax
    denominator += x * x
  }
  return numerator / denominator
}

function trace({ data, rows }: MatrixView): number {
  let sum = 0
  for (let j = 0; j < rows; j++) sum += data[j * rows + j]
  return sum
}
