import { type KernelSet, kernelSet } from '@opt/core'
import { plainAxpy, plainDot } from '@opt/core/kernels'
import { wasm } from '../wasm.ts'
import { gram, multiply, passDense, passRankOne, passSparse } from './plain.ts'

/** What every pass takes behind its measurements. */
type Pass = [
  X: Float64Array,
  y: Float64Array,
  squared: number,
  residuals: Float64Array,
  direction: Float64Array,
  weights: Float64Array,
]

/**
 * The loops of this package. A symmetric d x d matrix is packed as its upper triangle, row by row, in
 * n = d(d+1)/2 numbers; a measurement A as a_ii = A_ii and a_ij = A_ij + A_ji, so that <A, X> = sum a_ij X_ij.
 *
 * A pass over m measurements writes the residuals r_k = <a_k, X> - y_k and adds sum_k z_k a_k to `direction`, with
 * z_k = sign(r_k), or z_k = r_k if `squared` is not 0, in one read of the measurements. Residuals have the bits of
 * dot, rows are added in order. `weights` has 4 numbers of scratch.
 */
export interface SubgmKernels {
  /** A pass over dense packed rows of n numbers, `lda` apart. */
  passDense(m: number, n: number, A: Float64Array, lda: number, ...pass: Pass): void
  /** A pass over A_k = v_k v_k', V being m x d; `rows` has 4n numbers of scratch. */
  passRankOne(m: number, d: number, V: Float64Array, ...pass: [...Pass, rows: Float64Array]): void
  /** A pass over sparse packed rows (CSR); residuals are summed in order. */
  passSparse(m: number, starts: Int32Array, columns: Int32Array, values: Float64Array, ...pass: Pass): void
  /** Writes U U' packed into X, U being d x r; entries have the bits of dot. */
  gram(d: number, r: number, U: Float64Array, X: Float64Array): void
  /**
   * Writes S U into `out`, for the symmetric S with S_ii = s_ii and S_ij = s_ij / 2 of packed sums s; rows of U are
   * added in order. `row` has d numbers of scratch.
   */
  multiply(d: number, r: number, S: Float64Array, U: Float64Array, out: Float64Array, row: Float64Array): void
  /** y += alpha x over n entries. */
  axpy(n: number, alpha: number, x: Float64Array, y: Float64Array): void
  /** Returns x'y over n entries. */
  dot(n: number, x: Float64Array, y: Float64Array): number
}

/** {@link SubgmKernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const subgmKernels: KernelSet<SubgmKernels> = /* @__PURE__ */ kernelSet(wasm, {
  passDense,
  passRankOne,
  passSparse,
  gram,
  multiply,
  axpy: plainAxpy,
  dot: plainDot,
})
