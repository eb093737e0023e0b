import type { DeviceArray } from './backend.ts'
import type { MatrixView } from './kernels/matrix-view.ts'

/** A matrix on a device. */
export type DeviceMatrix = MatrixView<DeviceArray>

/**
 * General operations of a device, under the names of the core's kernels and without their scratch: only {@link dot}
 * reads back. Every operation checks its arguments before anything is changed.
 */
export interface DeviceOperations {
  /** Puts nonnegative integers on the device, for {@link spmv}. */
  integers(values: ArrayLike<number>): DeviceArray
  /** x'y over the first n entries. */
  dot(n: number, x: DeviceArray, y: DeviceArray): Promise<number>
  /** y += alpha x over the first n entries. */
  axpy(n: number, alpha: number, x: DeviceArray, y: DeviceArray): void
  /** Writes y = A x. */
  gemv(A: DeviceMatrix, x: DeviceArray, y: DeviceArray): void
  /** y += A'x. */
  gemvT(A: DeviceMatrix, x: DeviceArray, y: DeviceArray): void
  /** C += alpha A B. */
  gemm(alpha: number, A: DeviceMatrix, B: DeviceMatrix, C: DeviceMatrix): void
  /** Lower triangle of C += alpha A A'. */
  syrk(alpha: number, A: DeviceMatrix, C: DeviceMatrix): void
  /** Writes y = A x for a CSR matrix of m rows: entries k in starts[i]..starts[i+1]-1. */
  spmv(m: number, starts: DeviceArray, columns: DeviceArray, values: DeviceArray, x: DeviceArray, y: DeviceArray): void
  /** Writes y = exp(x) over the first n entries. */
  vexp(n: number, x: DeviceArray, y: DeviceArray): void
  /** Writes y = log(x) over the first n entries. */
  vlog(n: number, x: DeviceArray, y: DeviceArray): void
  /** Writes out_i = log sum_j exp((g_j - C_ij) / epsilon). */
  rowLse(C: DeviceMatrix, g: DeviceArray, epsilon: number, out: DeviceArray): void
  /** Writes out_j = log sum_i exp((f_i - C_ij) / epsilon). */
  colLse(C: DeviceMatrix, f: DeviceArray, epsilon: number, out: DeviceArray): void
  /** Writes Y = the softmax of each row of X. */
  softmaxRows(X: DeviceMatrix, Y: DeviceMatrix): void
}
