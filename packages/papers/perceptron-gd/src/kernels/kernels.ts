import { type KernelSet, kernel, kernelSet, type MatrixKernels, type MatrixView } from '@opt/core'
import { gemv, spmv } from '@opt/core/kernels'
import { wasm } from '../wasm.ts'
import { correct, correctSparse, logisticLoss, weigh, weighSparse } from './plain.ts'

/** What a weighing pass takes behind its rows. */
export type Pass = [
  w: Float64Array,
  scale: number,
  tie: number,
  shift: number,
  margins: Float64Array,
  direction: Float64Array,
  totals: Float64Array,
]

/**
 * The loops over the rows z_i. The weight of a row with margin m = z_i'w is
 *
 *     1 / (1 + exp(scale m))                     for a finite scale, without a shift
 *     exp(min(700, shift - scale m))             with a shift > 0: the same times exp(shift)
 *     1, `tie` or 0 for m < 0, m = 0 or m > 0    for scale = Infinity
 */
export interface RowKernels extends Pick<MatrixKernels, 'gemv' | 'spmv'> {
  /**
   * Writes the margins Z w and adds the sum of weight_i z_i to `direction`, with one read of Z:
   * margins have the bits of dot, rows are added in order. `totals` (6 numbers): the sum of the
   * weights, in order, the least margin, then scratch. Returns the number of margins that are not
   * above 0.
   */
  weigh(Z: MatrixView, ...pass: Pass): number
  /** The same over m sparse rows; margins have the bits of spmv. */
  weighSparse(m: number, starts: Int32Array, columns: Int32Array, values: Float64Array, ...pass: Pass): number
  /**
   * One pass of the classical perceptron: w += z_i whenever z_i'w is not above 0. Returns how
   * often.
   */
  correct(Z: MatrixView, w: Float64Array): number
  /** The same over m sparse rows. */
  correctSparse(m: number, starts: Int32Array, columns: Int32Array, values: Float64Array, w: Float64Array): number
  /**
   * The sum of log(1 + exp(-scale margin_i)): products over i mod 4 and 256 entries, then
   * logarithms, then the tail.
   */
  logisticLoss(n: number, margins: Float64Array, scale: number): number
}

/** The set of {@link RowKernels}: one WebAssembly module, from assembly/kernels.ts. */
export const rowKernels: KernelSet<RowKernels> = /* @__PURE__ */ kernelSet(wasm, {
  gemv,
  spmv,
  weigh: /* @__PURE__ */ kernel({ weigh }, ({ weigh }): RowKernels['weigh'] => {
    return (Z, w, scale, tie, shift, margins, direction, totals) =>
      weigh(Z.rows, Z.columns, Z.data, Z.stride, w, scale, tie, shift, margins, direction, totals)
  }),
  weighSparse,
  correct: /* @__PURE__ */ kernel({ correct }, ({ correct }): RowKernels['correct'] => {
    return (Z, w) => correct(Z.rows, Z.columns, Z.data, Z.stride, w)
  }),
  correctSparse,
  logisticLoss,
})
