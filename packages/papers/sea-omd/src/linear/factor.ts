import type { MatrixKernels, MatrixView } from '@opt/core'

/**
 * Writes the Cholesky factor of H + mu I into the lower triangle of L; of H only the lower triangle is read. If
 * rounding has made the matrix indefinite, as little more as makes it positive definite is added to its diagonal.
 *
 * @param work solveScratch(n, n) numbers.
 */
export function factor(
  kernels: Pick<MatrixKernels, 'potrf'>,
  H: MatrixView,
  mu: number,
  L: MatrixView,
  work: Float64Array,
): void {
  let largest = 0
  for (let shift = 0; shift < Infinity; shift = Math.max(1e-300, 1e-15 * largest, 10 * shift)) {
    for (let i = 0; i < H.rows; i++) {
      const from = i * H.stride
      const to = i * L.stride
      for (let j = 0; j <= i; j++) L.data[to + j] = H.data[from + j]
      L.data[to + i] += mu + shift
      largest = Math.max(largest, L.data[to + i])
    }
    if (kernels.potrf(L, work) === 0) return
  }
  throw new RangeError('factor: entries must be finite')
}
