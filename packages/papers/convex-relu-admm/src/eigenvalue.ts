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
 * The largest eigenvalue of a positive semidefinite d x d matrix A: its power A^(2^k), by squaring until it has rank one to
 * rounding, has the eigenvector as its columns.
 */
export function largestEigenvalue(d: number, A: Float64Array, kernels: Kernels, views: EigenvalueViews): number {
  let { power, square } = views
  power.set(A)
  for (let k = 0; k < 40; k++) {
    const trace = diagonal(d, power)
    if (trace === 0) return 0
    for (let j = 0; j < d * d; j++) power[j] /= trace
    square.fill(0)
    kernels.gemm(d, d, d, 1, power, d, 1, power, d, 1, square, d, views.scratch)
    ;[power, square] = [square, power]
    if (diagonal(d, power) > 1 - 1e-15) break
  }
  let best = 0
  for (let j = 1; j < d; j++) if (power[j * d + j] > power[best * d + best]) best = j
  let [above, below] = [0, 0]
  for (let i = 0; i < d; i++) {
    const x = power[i * d + best]
    let Ax = 0
    for (let j = 0; j < d; j++) Ax += A[i * d + j] * power[j * d + best]
    above += x * Ax
    below += x * x
  }
  return above / below
}

function diagonal(d: number, A: Float64Array): number {
  let sum = 0
  for (let j = 0; j < d; j++) sum += A[j * d + j]
  return sum
}
