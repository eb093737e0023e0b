import { allocate, type Kernels, type PaddedMatrix, solveScratch } from '@opt/core'

/**
 * Cholesky factor of a symmetric matrix given by its entries, into the lower triangle of L.
 * A matrix that is positive definite but for rounding gets as little on its diagonal as makes it so.
 */
export function factor(
  kernels: Kernels,
  n: number,
  entry: (i: number, j: number) => number,
  L: PaddedMatrix,
  work: Float64Array,
): void {
  let largest = 0
  for (let i = 0; i < n; i++) largest = Math.max(largest, entry(i, i))
  for (let shift = 0; shift < Infinity; shift = Math.max(1e-15 * largest, 10 * shift)) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) L.data[i * L.stride + j] = entry(i, j)
      L.data[i * L.stride + i] += shift
    }
    if (kernels.potrf(n, L.data, L.stride, work) === 0) return
  }
  throw new RangeError('factor: entries must be finite')
}

/** Whether a symmetric n-by-n matrix is positive definite. */
export function isPositiveDefinite(H: Float64Array, n: number): boolean {
  const { L, work, kernels } = allocate((ws) => ({ L: ws.f64(n * n), work: ws.f64(solveScratch(n, n)) }))
  L.set(H)
  return kernels.potrf(n, L, n, work) === 0
}
