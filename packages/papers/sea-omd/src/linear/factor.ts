import type { Kernels, PaddedMatrix } from '@opt/core'

/**
 * Cholesky factor of H + mu I into the lower triangle of L; H lies in the lower triangle of its array.
 * A matrix that is positive definite but for rounding gets as little more on its diagonal as makes it so.
 */
export function factor(
  kernels: Kernels,
  n: number,
  H: Float64Array,
  stride: number,
  mu: number,
  L: PaddedMatrix,
  work: Float64Array,
): void {
  let largest = 0
  for (let shift = 0; shift < Infinity; shift = Math.max(1e-300, 1e-15 * largest, 10 * shift)) {
    for (let i = 0; i < n; i++) {
      const from = i * stride
      const to = i * L.stride
      for (let j = 0; j <= i; j++) L.data[to + j] = H[from + j]
      L.data[to + i] += mu + shift
      largest = Math.max(largest, L.data[to + i])
    }
    if (kernels.potrf(n, L.data, L.stride, work) === 0) return
  }
  throw new RangeError('factor: entries must be finite')
}
