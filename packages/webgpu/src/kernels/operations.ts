import type { DeviceOperations } from '@opt/core'
import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import type { GPUMatrix } from './check.ts'
import { axpy, vexp, vlog } from './elementwise.ts'
import { gemm, syrk } from './gemm.ts'
import { GPUIntegers } from './integers.ts'
import { colLse, rowLse, softmaxRows } from './log-sums.ts'
import { dot, gemv, gemvT, spmv } from './products.ts'

/**
 * The general operations on arrays of the device, under the names of @opt/core's kernels. A matrix is a view
 * `{ data, rows, columns, stride, transposed }` of an array from its start; {@link WebGPUBackend.matrix} makes one.
 * Work is queued and done in the order of the calls. The Cholesky factorisation and triangular solves are not here: in
 * them one step waits for the one before, which the CPU does better.
 *
 * All is float32; u = 2^-24 = 6e-8. Sums along lines are compensated wherever numbers follow one another, and pairwise
 * or by subgroups across threads: a sum of n products x_k y_k is off by at most 24 u sum |x_k y_k| for any n, where
 * subgroups are of at least 32 or not used (in the tests: by 3 u). gemm and syrk, as all fast matrix products, add k
 * products one after the other: the error is at most (k + 2) u times the product of the absolute values, and about
 * sqrt(k) u as a rule. exp and log are the device's: WGSL has exp(x) within 3 + 2 |x| units of the last place, log(x)
 * within 3, and within 2^-21 for x of 1/2 to 2. An exponent (f + g - C) / epsilon is off by up to
 * 4 u (|f| + |g| + |C|) / epsilon, which limits small epsilon. The same call gives the same bits on the same device.
 * Numbers below 1.2e-38 may be flushed to 0.
 *
 * Every operation throws RangeError for a size or stride that is no integer in range, matrices whose sizes do not
 * match, an array that is too short, or one that is written and also given for another argument (unless it says that
 * it may be), TypeError for what is no array of this device, and Error when the device is lost. Nothing has been
 * changed then.
 */
export class Operations implements DeviceOperations {
  readonly #device: Device

  constructor(device: Device) {
    this.#device = device
  }

  /** Puts nonnegative integers on the device, for {@link spmv}. */
  integers(values: ArrayLike<number>): GPUIntegers {
    return new GPUIntegers(this.#device, values)
  }

  /** x'y over the first n entries; up to 2048 partial sums come back and are added in float64. */
  dot(n: number, x: GPUArray, y: GPUArray): Promise<number> {
    return dot(this.#device, n, x, y)
  }

  /** y += alpha x over the first n entries; x may be y. */
  axpy(n: number, alpha: number, x: GPUArray, y: GPUArray): void {
    axpy(this.#device, n, alpha, x, y)
  }

  /** Writes y = A x. */
  gemv(A: GPUMatrix, x: GPUArray, y: GPUArray): void {
    gemv(this.#device, A, x, y)
  }

  /** y += A'x. */
  gemvT(A: GPUMatrix, x: GPUArray, y: GPUArray): void {
    gemvT(this.#device, A, x, y)
  }

  /** C += alpha A B, where A and B may be transposed views. Fastest where strides are multiples of 4. */
  gemm(alpha: number, A: GPUMatrix, B: GPUMatrix, C: GPUMatrix): void {
    gemm(this.#device, alpha, A, B, C)
  }

  /** Lower triangle of C += alpha A A', where A may be a transposed view; above the diagonal nothing is touched. */
  syrk(alpha: number, A: GPUMatrix, C: GPUMatrix): void {
    syrk(this.#device, alpha, A, C)
  }

  /**
   * Writes y = A x for a CSR matrix of m rows: entries k in starts[i]..starts[i+1]-1.
   *
   * @throws RangeError also when starts descend or go beyond the entries given, or a column beyond x.
   */
  spmv(m: number, starts: GPUIntegers, columns: GPUIntegers, values: GPUArray, x: GPUArray, y: GPUArray): void {
    spmv(this.#device, m, starts, columns, values, x, y)
  }

  /** Writes y = exp(x) over the first n entries; y may be x. */
  vexp(n: number, x: GPUArray, y: GPUArray): void {
    vexp(this.#device, n, x, y)
  }

  /** Writes y = log(x) over the first n entries, -Infinity at 0, NaN below; y may be x. */
  vlog(n: number, x: GPUArray, y: GPUArray): void {
    vlog(this.#device, n, x, y)
  }

  /** Writes out_i = log sum_j exp((g_j - C_ij) / epsilon) with one read of C; -Infinity for a row of nothing. */
  rowLse(C: GPUMatrix, g: GPUArray, epsilon: number, out: GPUArray): void {
    rowLse(this.#device, C, g, epsilon, out)
  }

  /** Writes out_j = log sum_i exp((f_i - C_ij) / epsilon) with one read of C; -Infinity for a column of nothing. */
  colLse(C: GPUMatrix, f: GPUArray, epsilon: number, out: GPUArray): void {
    colLse(this.#device, C, f, epsilon, out)
  }

  /**
   * Writes Y = the softmax of each row of X; Y may be X. A row with Infinity, or of -Infinity only, becomes NaN.
   */
  softmaxRows(X: GPUMatrix, Y: GPUMatrix): void {
    softmaxRows(this.#device, X, Y)
  }
}
