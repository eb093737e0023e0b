import { gemmScratch, type Kernels, type Views } from '@opt/core'

export interface EigenvalueViews {
  power: Float64Array
  square: Float64Array
  scratch: Float64Array
}

export function eigenvalueViews(views: Views, d: number): EigenvalueViews {
  return { power: views.f64(d * d), square: views.f64(d * d), scratch: views.f64(gemmScratch(d, d, d)) }
}

/**
 * Returns the largest eigenvalue of a positive semidefinite d x d matrix A. Repeated squaring gives A^(2^k) until it has
 * rank one to rounding; its columns are then the eigenvector.
 */
export function largestEigenvalue(d: number, A: Float64Array, kernels: Kernels, views: EigenvalueViews): number {
  let { power, square } = views
  power.set(A)
  for (let k = 0; k < 40; k++) {
    const size = trace(d, power)
    if (size === 0) return 0
    for (let j = 0; j < d * d; j++) power[j] /= size
    square.fill(0)
    kernels.gemm(d, d, d, 1, power, d, 1, power, d, 1, square, d, views.scratch)
    ;[power, square] = [square, power]
    if (trace(d, power) > 1 - 1e-15) break
  }
  // The Rayleigh quotient x'Ax / x'x of the column with the largest diagonal entry.
  let best = 0
  for (let j = 1; j < d; j++) if (power[j * d + j] > power[best * d + best]) best = j
  let numerator = 0
  let denominator = 0
  for (let i = 0; i < d; i++) {
    const x = power[i * d + best]
    let Ax = 0
    for (let j = 0; j < d; j++) Ax += A[i * d + j] * power[j * d + best]
    numerator += x * Ax
    denominator += x * x
  }
  return numerator / denominator
}

function trace(d: number, A: Float64Array): number {
  let sum = 0
  for (let j = 0; j < d; j++) sum += A[j * d + j]
  return sum
}
