import { wasm } from '../exponentials-wasm.ts'
import { vexp } from './exp-log.ts'
import { type MatrixView, rowMajor, sized } from './matrix-view.ts'
import { colLse as plainColLse, rowLse as plainRowLse, softmaxRows as plainSoftmaxRows } from './plain-softmax.ts'
import { kernel, kernelSet } from './set.ts'

/** Writes y = exp(x); y may be x. Returns the sum of y: four sums over i mod 4, (0 + 2) + (1 + 3), then the tail ("exp-ordered"). */
export { vexp }

type LogSums = (
  m: number,
  n: number,
  C: Float64Array,
  ldc: number,
  h: Float64Array,
  epsilon: number,
  out: Float64Array,
  t: Float64Array,
) => void

function logSums(name: string, loop: LogSums) {
  return (C: MatrixView, h: Float64Array, epsilon: number, out: Float64Array, t: Float64Array): void => {
    rowMajor(C, `${name}: C`)
    loop(C.rows, C.columns, C.data, C.stride, h, epsilon, out, t)
  }
}

/**
 * Writes out_i = log sum_j exp((g_j - C_ij) / epsilon); shifted by the row's maximum, exp-ordered; -Infinity for a row of nothing.
 * `t`: as many numbers of scratch as C has columns.
 */
export const rowLse = /* @__PURE__ */ kernel({ rowLse: plainRowLse }, ({ rowLse }) => logSums('rowLse', rowLse))

/**
 * Writes out_j = log sum_i exp((f_i - C_ij) / epsilon); shifted by the column's maximum, rows added in order.
 * `t`: twice as many numbers of scratch as C has columns.
 */
export const colLse = /* @__PURE__ */ kernel({ colLse: plainColLse }, ({ colLse }) => logSums('colLse', colLse))

/**
 * Writes Y = the softmax of each row of X; Y may be X. Shifted by the maximum, exp-ordered, times 1 / sum. A row with Infinity, or
 * of -Infinity only, becomes NaN.
 */
export const softmaxRows = /* @__PURE__ */ kernel(
  { softmaxRows: plainSoftmaxRows },
  ({ softmaxRows }) =>
    (X: MatrixView, Y: MatrixView): void => {
      rowMajor(X, 'softmaxRows: X')
      rowMajor(Y, 'softmaxRows: Y')
      sized(Y, X.rows, X.columns, 'softmaxRows: Y')
      softmaxRows(X.rows, X.columns, X.data, X.stride, Y.data, Y.stride)
    },
)

/** Exponentials of vectors, log-sum-exp and softmax of matrices. */
export const exponentialKernels = /* @__PURE__ */ kernelSet(wasm, { vexp, rowLse, colLse, softmaxRows })
