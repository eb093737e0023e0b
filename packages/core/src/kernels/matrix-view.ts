import { number, refuse, show } from '../errors.ts'

/** Numbers that kernels work on. */
export type Floats = Float64Array | Float32Array

/**
 * A matrix in a flat array, in memory or on a device: entry (i, j) is `data[i * stride + j]`, or `data[j *
 * stride + i]` when it is transposed. `rows` and `columns` are those of the matrix it stands for.
 */
export interface MatrixView<A = Float64Array> {
  readonly data: A
  readonly rows: number
  readonly columns: number
  readonly stride: number
  readonly transposed?: boolean | undefined
}

/** The buffer of views that a layout is given while its sizes are added up. */
export const COUNTED: ArrayBuffer = /* @__PURE__ */ new ArrayBuffer(0)

/**
 * Views an array as a row-major matrix.
 *
 * @param stride from one row to the next; default `columns`.
 * @throws TypeError or RangeError when a size is no nonnegative integer, or the array too short.
 */
export function matrixView<A extends Floats>(
  data: A,
  rows: number,
  columns: number,
  stride: number = columns,
): MatrixView<A> {
  const label = 'matrixView: '
  if (!(data instanceof Float64Array || data instanceof Float32Array))
    refuse(`${label}data`, 'a Float64Array or Float32Array', show(data), 'type')
  number(rows, `${label}rows`, { integer: true, min: 0 })
  number(columns, `${label}columns`, { integer: true, min: 0 })
  number(stride, `${label}stride`, { integer: true, min: columns })
  const needed = rows === 0 ? 0 : (rows - 1) * stride + columns
  if (data.length < needed && data.buffer !== COUNTED)
    refuse(`${label}data`, `of length ${needed} at least`, `length ${data.length}`)
  return { data, rows, columns, stride }
}

/** Views the transpose of a matrix, on the same numbers. */
export function transpose<A>({ data, rows, columns, stride, transposed }: MatrixView<A>): MatrixView<A> {
  return { data, rows: columns, columns: rows, stride, transposed: !transposed }
}

/** Refuses a transposed view where a kernel reads rows. */
export function rowMajor(A: MatrixView<unknown>, label: string): void {
  if (A.transposed) refuse(label, 'row-major', 'a transposed view')
}

/** Refuses a view of other rows and columns. */
export function sized(A: MatrixView<unknown>, rows: number, columns: number, label: string): void {
  if (A.rows !== rows || A.columns !== columns) refuse(label, `${rows} x ${columns}`, `${A.rows} x ${A.columns}`)
}
