/**
 * The hot loops. Sizes come first, then views of one workspace; matrices are row-major with a row stride (`ld...`)
 * in elements. Every kernel has the same bits in WebAssembly and in plain JavaScript, in every engine (a NaN is a NaN): the order of
 * sums is part of its contract. Arguments must not overlap unless a kernel says so. Only the length of `work` is checked (RangeError);
 * a view that is too short lets a kernel write over its neighbours.
 *
 * A "dot-ordered" sum of n products runs eight sums over i mod 8 and adds them as ((0+2)+(4+6)) + ((1+3)+(5+7)); the last n mod 8
 * products follow one by one. In float32 it is sixteen sums s over i mod 16, t_l = (s_l + s_l+4) + (s_l+8 + s_l+12), then (t_0 + t_1) + (t_2 + t_3).
 */
export interface Kernels {
  /** x'y, dot-ordered. */
  dot(n: number, x: Float64Array, y: Float64Array): number
  /** y += alpha x; x may be y. */
  axpy(n: number, alpha: number, x: Float64Array, y: Float64Array): void
  /** Index of the first entry that is NaN or infinite, -1 when all are finite. */
  nonFinite(n: number, x: Float64Array): number
  /** Writes y = A x, A m-by-n; each y_i has the bits of dot(row i, x). */
  gemv(m: number, n: number, A: Float64Array, lda: number, x: Float64Array, y: Float64Array): void
  /** y += A'x, A m-by-n, x of length m: rows are added one after the other. */
  gemvT(m: number, n: number, A: Float64Array, lda: number, x: Float64Array, y: Float64Array): void
  /**
   * C += alpha A B with A m-by-k, B k-by-n. A and B have a row and a column stride, so a transpose costs nothing: A' of a matrix
   * with stride lda is (A, 1, lda). Each entry: sums of (alpha a) b in order over blocks of 256 of k, each block's sum added to C.
   * `work` holds {@link gemmScratch}(m, n, k) numbers.
   */
  gemm(
    m: number,
    n: number,
    k: number,
    alpha: number,
    A: Float64Array,
    rowA: number,
    columnA: number,
    B: Float64Array,
    rowB: number,
    columnB: number,
    C: Float64Array,
    ldc: number,
    work: Float64Array,
  ): void
  /** Lower triangle of C += alpha A A', A n-by-k with row and column stride; entries as in gemm, above the diagonal nothing is touched. `work`: gemmScratch(n, n, k). */
  syrk(
    n: number,
    k: number,
    alpha: number,
    A: Float64Array,
    rowA: number,
    columnA: number,
    C: Float64Array,
    ldc: number,
    work: Float64Array,
  ): void
  /**
   * Cholesky factorisation A = L L' in place, in the lower triangle; above the diagonal nothing is read or written.
   * Right-looking in blocks of 64 columns: within a block dot-ordered sums, the rest by syrk. `work`: {@link solveScratch}(n, n).
   * @returns 0, or i + 1 when pivot i is not a positive finite number: A is then overwritten in part.
   */
  potrf(n: number, A: Float64Array, lda: number, work: Float64Array): number
  /** x = L^-1 x, L lower triangular n-by-n: x_i = (x_i - dot(row i, x)) / L_ii. */
  trsv(n: number, L: Float64Array, ldl: number, x: Float64Array): void
  /** x = L^-T x: from the last row on, each solved x_i is taken out of the earlier entries. */
  trsvT(n: number, L: Float64Array, ldl: number, x: Float64Array): void
  /**
   * B = L^-1 B, L n-by-n, B n-by-columns. In blocks of 64 rows; row i is ((-b_i + L_i0 b_0) + L_i1 b_1 + ...) / -L_ii within its block,
   * the rows below by gemm. `work`: {@link solveScratch}(n, columns).
   */
  trsm(n: number, columns: number, L: Float64Array, ldl: number, B: Float64Array, ldb: number, work: Float64Array): void
  /** B = L^-T B. In blocks of 64 rows from the last; each solved row is taken out of those above it, the rows above the block by gemm. `work` as trsm. */
  trsmT(
    n: number,
    columns: number,
    L: Float64Array,
    ldl: number,
    B: Float64Array,
    ldb: number,
    work: Float64Array,
  ): void
  /** Writes y = A x for a CSR matrix of m rows: entries k in starts[i]..starts[i+1]-1, two sums over even and odd places, then added. */
  spmv(m: number, starts: Int32Array, columns: Int32Array, values: Float64Array, x: Float64Array, y: Float64Array): void

  /** Writes y = exp(x); y may be x. Returns the sum of y: four sums over i mod 4, (0 + 2) + (1 + 3), then the tail one by one ("exp-ordered"). */
  vexp(n: number, x: Float64Array, y: Float64Array): number
  /** Writes y = log(x); y may be x. */
  vlog(n: number, x: Float64Array, y: Float64Array): void
  /** Writes out_i = log sum_j exp((g_j - C_ij) / epsilon), i < m; shifted by the row's maximum, exp-ordered. `t`: n numbers of scratch. -Infinity for a row of nothing. */
  rowLse(
    m: number,
    n: number,
    C: Float64Array,
    ldc: number,
    g: Float64Array,
    epsilon: number,
    out: Float64Array,
    t: Float64Array,
  ): void
  /** Writes out_j = log sum_i exp((f_i - C_ij) / epsilon), j < n; shifted by the column's maximum, rows added in order. `t`: 2 n numbers of scratch. */
  colLse(
    m: number,
    n: number,
    C: Float64Array,
    ldc: number,
    f: Float64Array,
    epsilon: number,
    out: Float64Array,
    t: Float64Array,
  ): void
  /** Writes Y = the softmax of each row of X; Y may be X. Shifted by the maximum, exp-ordered, times 1 / sum. A row with Infinity, or of -Infinity only, becomes NaN. */
  softmaxRows(m: number, n: number, X: Float64Array, ldx: number, Y: Float64Array, ldy: number): void

  /** {@link dot} in float32, each product and sum rounded. */
  dot32(n: number, x: Float32Array, y: Float32Array): number
  /** {@link axpy} in float32. */
  axpy32(n: number, alpha: number, x: Float32Array, y: Float32Array): void
  /** {@link nonFinite} of float32. */
  nonFinite32(n: number, x: Float32Array): number
  /** {@link gemv} in float32. */
  gemv32(m: number, n: number, A: Float32Array, lda: number, x: Float32Array, y: Float32Array): void
  /** {@link gemvT} in float32. */
  gemvT32(m: number, n: number, A: Float32Array, lda: number, x: Float32Array, y: Float32Array): void
  /** {@link gemm} in float32; `work` of gemmScratch(m, n, k) float32 numbers. */
  gemm32(
    m: number,
    n: number,
    k: number,
    alpha: number,
    A: Float32Array,
    rowA: number,
    columnA: number,
    B: Float32Array,
    rowB: number,
    columnB: number,
    C: Float32Array,
    ldc: number,
    work: Float32Array,
  ): void
}

export { checkWork, gemmScratch, gemmWork, solveScratch, solveWork } from './scratch.ts'
