import { wasm } from '../exponentials-wasm.ts'
import { vexp } from './exp-log.ts'
import { type MatrixView, rowMajor, sized } from './matrix-view.ts'
import { colLse as plainColLse, rowLse as plainRowLse, softmaxRows as plainSoftmaxRows } from './plain/softmax.ts'
import { type KernelDefinition, type KernelSet, kernel, kernelSet } from './set.ts'

/** Exponentials of vectors, log-sum-exp and softmax of matrices. */
export interface ExponentialKernels {
  /**
   * Writes y = exp(x); y may be x. Returns the sum of y: four sums over i mod 4, (0 + 2) + (1 + 3), then the
   * tail ("exp-ordered").
   */
  vexp(n: number, x: Float64Array, y: Float64Array): number
  /**
   * Writes out_i = log sum_j exp((g_j - C_ij) / epsilon); shifted by the row's maximum, exp-ordered;
   * -Infinity for a row of nothing. `scratch`: as many numbers as C has columns.
   */
  rowLse(C: MatrixView, g: Float64Array, epsilon: number, out: Float64Array, scratch: Float64Array): void
  /**
   * Writes out_j = log sum_i exp((f_i - C_ij) / epsilon); shifted by the column's maximum, rows added in order.
   * `scratch`: twice as many numbers as C has columns.
   */
  colLse(C: MatrixView, f: Float64Array, epsilon: number, out: Float64Array, scratch: Float64Array): void
  /**
   * Writes Y = the softmax of each row of X; Y may be X. Shifted by the maximum, exp-ordered, times 1 / sum.
   * A row with Infinity, or of -Infinity only, becomes NaN.
   */
  softmaxRows(X: MatrixView, Y: MatrixView): void
}

type Of<Name extends keyof ExponentialKernels> = KernelDefinition<ExponentialKernels[Name]>

export { vexp }

function logSums(name: string, loop: typeof plainRowLse): ExponentialKernels['rowLse'] {
  return (C, h, epsilon, out, scratch) => {
    rowMajor(C, `${name}: C`)
    loop(C.rows, C.columns, C.data, C.stride, h, epsilon, out, scratch)
  }
}

export const rowLse: Of<'rowLse'> = /* @__PURE__ */ kernel({ rowLse: plainRowLse }, ({ rowLse }) =>
  logSums('rowLse', rowLse),
)
export const colLse: Of<'colLse'> = /* @__PURE__ */ kernel({ colLse: plainColLse }, ({ colLse }) =>
  logSums('colLse', colLse),
)

export const softmaxRows: Of<'softmaxRows'> = /* @__PURE__ */ kernel(
  { softmaxRows: plainSoftmaxRows },
  ({ softmaxRows }) =>
    (X, Y) => {
      rowMajor(X, 'softmaxRows: X')
      rowMajor(Y, 'softmaxRows: Y')
      sized(Y, X.rows, X.columns, 'softmaxRows: Y')
      softmaxRows(X.rows, X.columns, X.data, X.stride, Y.data, Y.stride)
    },
)

/** The set of {@link ExponentialKernels}. */
export const exponentialKernels: KernelSet<ExponentialKernels> = /* @__PURE__ */ kernelSet(wasm, {
  vexp,
  rowLse,
  colLse,
  softmaxRows,
})
