import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { axpy, vexp, vlog } from './elementwise.ts'
import { gemm, syrk } from './gemm.ts'
import { GPUIntegers } from './integers.ts'
import { colLse, rowLse, softmaxRows } from './log-sums.ts'
import { dot, gemv, gemvT, spmv } from './products.ts'

/**
 * The operations of @opt/core's `Kernels` on arrays of the device: the same names, and the same arguments without scratch. Matrices
 * are row-major with a row stride (`ld...`) in elements and begin where their array does. Work is only handed over, and done in the
 * order of the calls. The factorisation and the triangular solves (potrf, trsv, trsm and their transposes) are not here: one step
 * waits for the one before, which the CPU does better.
 *
 * All is float32; u = 2^-24 = 6e-8. Sums along lines are compensated wherever numbers follow one another, and pairwise or by subgroups
 * across threads: a sum of n products x_k y_k is off by at most 24 u sum |x_k y_k| for any n, where subgroups are of 32 at least or not
 * used (in the tests: by 3 u), while gemm and syrk, as all fast matrix products, add k products one after the other: at most (k + 2) u
 * times the product of the absolute values, and about sqrt(k) u as a rule. exp and log are the device's: WGSL has exp(x) within 3 + 2 |x|
 * units of the last place, log(x) within 3, and within 2^-21 for x of 1/2 to 2. An exponent (f + g - C) / epsilon is off by up to
 * 4 u (|f| + |g| + |C|) / epsilon, which is what limits small epsilon here. The same call gives the same bits on the same device.
 * Numbers below 1.2e-38 may be taken for 0.
 *
 * Every operation throws RangeError for a size or stride that is no integer in range, an array that is too short, or one that is written
 * and also given for another argument (unless it says that it may be), TypeError for what is no array of this device, and Error
 * when the device is lost. Nothing has been changed then.
 */
export class Operations {
  readonly #device: Device

  constructor(device: Device) {
    this.#device = device
  }

  /** Puts nonnegative integers on the device, for {@link spmv}. */
  integers(values: ArrayLike<number>): GPUIntegers {
    return new GPUIntegers(this.#device, values)
  }

  /** x'y; up to 2048 partial sums come back and are added in float64. */
  dot(n: number, x: GPUArray, y: GPUArray): Promise<number> {
    return dot(this.#device, n, x, y)
  }

  /** y += alpha x; x may be y. */
  axpy(n: number, alpha: number, x: GPUArray, y: GPUArray): void {
    axpy(this.#device, n, alpha, x, y)
  }

  /** Writes y = A x, A m-by-n. */
  gemv(m: number, n: number, A: GPUArray, lda: number, x: GPUArray, y: GPUArray): void {
    gemv(this.#device, m, n, A, lda, x, y)
  }

  /** y += A'x, A m-by-n, x of length m. */
  gemvT(m: number, n: number, A: GPUArray, lda: number, x: GPUArray, y: GPUArray): void {
    gemvT(this.#device, m, n, A, lda, x, y)
  }

  /**
   * C += alpha A B with A m-by-k, B k-by-n, each with a row and a column stride, so that a transpose costs nothing: A' of a matrix
   * with stride lda is (A, 1, lda). Fastest where one stride is 1 and the other a multiple of 4.
   */
  gemm(
    m: number,
    n: number,
    k: number,
    alpha: number,
    A: GPUArray,
    rowA: number,
    columnA: number,
    B: GPUArray,
    rowB: number,
    columnB: number,
    C: GPUArray,
    ldc: number,
  ): void {
    gemm(this.#device, m, n, k, alpha, A, rowA, columnA, B, rowB, columnB, C, ldc)
  }

  /** Lower triangle of C += alpha A A', A n-by-k with row and column stride; above the diagonal nothing is touched. */
  syrk(
    n: number,
    k: number,
    alpha: number,
    A: GPUArray,
    rowA: number,
    columnA: number,
    C: GPUArray,
    ldc: number,
  ): void {
    syrk(this.#device, n, k, alpha, A, rowA, columnA, C, ldc)
  }

  /**
   * Writes y = A x for a CSR matrix of m rows: entries k in starts[i]..starts[i+1]-1.
   *
   * @throws RangeError also when starts descend or go beyond the entries given, or a column beyond x.
   */
  spmv(m: number, starts: GPUIntegers, columns: GPUIntegers, values: GPUArray, x: GPUArray, y: GPUArray): void {
    spmv(this.#device, m, starts, columns, values, x, y)
  }

  /** Writes y = exp(x); y may be x. Returns nothing: for the sum as well, ask {@link rowLse} or {@link dot}. */
  vexp(n: number, x: GPUArray, y: GPUArray): void {
    vexp(this.#device, n, x, y)
  }

  /** Writes y = log(x), -Infinity at 0, NaN below; y may be x. */
  vlog(n: number, x: GPUArray, y: GPUArray): void {
    vlog(this.#device, n, x, y)
  }

  /** Writes out_i = log sum_j exp((g_j - C_ij) / epsilon), i < m, with one read of C. -Infinity for a row of nothing. */
  rowLse(m: number, n: number, C: GPUArray, ldc: number, g: GPUArray, epsilon: number, out: GPUArray): void {
    rowLse(this.#device, m, n, C, ldc, g, epsilon, out)
  }

  /** Writes out_j = log sum_i exp((f_i - C_ij) / epsilon), j < n, with one read of C. -Infinity for a column of nothing. */
  colLse(m: number, n: number, C: GPUArray, ldc: number, f: GPUArray, epsilon: number, out: GPUArray): void {
    colLse(this.#device, m, n, C, ldc, f, epsilon, out)
  }

  /** Writes Y = the softmax of each row of X; Y may be X (same stride). A row with Infinity, or of -Infinity only, becomes NaN. */
  softmaxRows(m: number, n: number, X: GPUArray, ldx: number, Y: GPUArray, ldy: number): void {
    softmaxRows(this.#device, m, n, X, ldx, Y, ldy)
  }
}
