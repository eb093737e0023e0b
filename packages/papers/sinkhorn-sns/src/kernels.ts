import { type KernelSet, kernelSet } from '@opt/core'
import { gibbsAbove, gibbsKept, histogram, keep, rescaleKept, spmvT, squares, squaresT } from './plain-kernels.ts'
import { wasm } from './wasm.ts'

/**
 * Loops over dense plans P (m x n, row-major with stride ldp) and over their kept entries: a sparse matrix in compressed
 * rows, of `starts`, `columns` and `values`.
 */
export interface PlanKernels {
  /**
   * Counts and adds up the entries of at least `floor` by the 14 upper bits of a nonnegative double, in 8192 bins; row
   * after row. Returns the sum of the others: two sums over j mod 2.
   */
  histogram(
    m: number,
    n: number,
    P: Float64Array,
    ldp: number,
    floor: number,
    count: Int32Array,
    mass: Float64Array,
  ): number
  /** Writes the entries of at least `threshold` into arrays that are long enough. Returns their number. */
  keep(
    m: number,
    n: number,
    P: Float64Array,
    ldp: number,
    threshold: number,
    starts: Int32Array,
    columns: Int32Array,
    values: Float64Array,
  ): number
  /**
   * Writes K_ij = exp(((g_j - C_ij) + f_i) (1 / epsilon)), its row sums r (exp-ordered) and column sums c (rows in
   * order), in one pass: four entries of a row at a time are 0 where none of their exponents is above `least`, and so is
   * each of the last n mod 4; exponents are at most 709.
   */
  gibbsAbove(
    m: number,
    n: number,
    C: Float64Array,
    ldc: number,
    f: Float64Array,
    g: Float64Array,
    epsilon: number,
    least: number,
    K: Float64Array,
    ldk: number,
    r: Float64Array,
    c: Float64Array,
  ): void
  /** y += A'x for kept entries; rows in order. */
  spmvT(
    m: number,
    starts: Int32Array,
    columns: Int32Array,
    values: Float64Array,
    x: Float64Array,
    y: Float64Array,
  ): void
  /**
   * Writes the kept entries of exp((f_i + g_j - C_ij) / epsilon), with the bits of `gibbsMarginals`, and their row sums
   * r (exp-ordered); adds their column sums to c, rows in order.
   */
  gibbsKept(
    m: number,
    starts: Int32Array,
    columns: Int32Array,
    C: Float64Array,
    ldc: number,
    f: Float64Array,
    g: Float64Array,
    epsilon: number,
    values: Float64Array,
    r: Float64Array,
    c: Float64Array,
  ): void
  /** Replaces kept entries by (u_i value) v_j; writes their row sums r and adds their column sums to c, in order. */
  rescaleKept(
    m: number,
    starts: Int32Array,
    columns: Int32Array,
    values: Float64Array,
    u: Float64Array,
    v: Float64Array,
    r: Float64Array,
    c: Float64Array,
  ): void
  /** Writes out_i = sum_j P_ij^2 w_j: four sums over j mod 4, (0 + 2) + (1 + 3), then the tail. */
  squares(m: number, n: number, P: Float64Array, ldp: number, w: Float64Array, out: Float64Array): void
  /** Writes out_j = sum_i P_ij^2 w_i; rows in order. */
  squaresT(m: number, n: number, P: Float64Array, ldp: number, w: Float64Array, out: Float64Array): void
}

/** {@link PlanKernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const planKernels: KernelSet<PlanKernels> = /* @__PURE__ */ kernelSet(wasm, {
  histogram,
  keep,
  gibbsAbove,
  spmvT,
  gibbsKept,
  rescaleKept,
  squares,
  squaresT,
})
