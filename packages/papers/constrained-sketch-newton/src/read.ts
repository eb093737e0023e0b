import { type MatrixLike, type RowsAndColumns, refuse, show, type VectorLike, withinData } from '@opt/core'
import type { NdArray } from 'ndarray'

const isNdArray = (x: object): x is NdArray => 'shape' in x && 'stride' in x && 'offset' in x && 'data' in x
const isRowsAndColumns = (x: object): x is RowsAndColumns => 'rows' in x && 'columns' in x && 'get' in x
const isArrayLike = (x: unknown): x is ArrayLike<number> =>
  Array.isArray(x) || (ArrayBuffer.isView(x) && !(x instanceof DataView))

/**
 * Writes what a user's function returned into `out`. NaN and infinities pass: a line search steps back from them.
 *
 * @throws TypeError or RangeError when it is not a vector of numbers as long as `out`.
 */
export function readVector(value: VectorLike, out: Float64Array, label: string): void {
  const n = out.length
  if (isArrayLike(value)) {
    readEntries(value, out, 0, n, label)
    return
  }
  if (typeof value === 'object' && value !== null) {
    if (isNdArray(value)) {
      if (value.shape?.length !== 1 || value.shape[0] !== n || !withinData(value))
        refuse(label, `of length ${n}`, `an ndarray of shape [${value.shape}]`)
      for (let i = 0; i < n; i++) out[i] = entry(value.get(i), `${label}[${i}]`)
      return
    }
    if (isRowsAndColumns(value)) {
      const { rows, columns } = value
      if (!((rows === 1 && columns === n) || (columns === 1 && rows === n)))
        refuse(label, `of length ${n}`, `a ${rows} x ${columns} matrix`)
      for (let i = 0; i < n; i++) out[i] = entry(rows === 1 ? value.get(0, i) : value.get(i, 0), `${label}[${i}]`)
      return
    }
  }
  refuse(label, 'a function that returns a vector', show(value), 'type')
}

/**
 * Writes a matrix into `out`, row-major.
 *
 * @throws TypeError or RangeError when it is not a rows x columns matrix of numbers.
 */
export function readMatrix(value: MatrixLike, rows: number, columns: number, out: Float64Array, label: string): void {
  const wrong = (shape: string) => refuse(label, `${rows} x ${columns}`, shape)
  if (Array.isArray(value)) {
    if (value.length !== rows) wrong(`${value.length} rows`)
    for (let i = 0; i < rows; i++) {
      const row: unknown = value[i]
      if (!isArrayLike(row)) refuse(`${label}[${i}]`, 'a row (array or typed array)', show(row), 'type')
      readEntries(row, out, i * columns, columns, `${label}[${i}]`)
    }
    return
  }
  if (typeof value === 'object' && value !== null) {
    if (isNdArray(value)) {
      const { shape, stride, offset, data } = value
      if (shape?.length !== 2 || shape[0] !== rows || shape[1] !== columns || !withinData(value))
        wrong(`an ndarray of shape [${shape}]`)
      const flat = value.dtype === 'generic' ? undefined : (data as ArrayLike<number>)
      for (let i = 0, k = 0; i < rows; i++)
        for (let j = 0; j < columns; j++, k++)
          out[k] = entry(flat ? flat[offset + i * stride[0] + j * stride[1]] : value.get(i, j), `${label}[${i}][${j}]`)
      return
    }
    if (isRowsAndColumns(value)) {
      if (value.rows !== rows || value.columns !== columns) wrong(`${value.rows} x ${value.columns}`)
      for (let i = 0, k = 0; i < rows; i++)
        for (let j = 0; j < columns; j++, k++) out[k] = entry(value.get(i, j), `${label}[${i}][${j}]`)
      return
    }
  }
  refuse(label, 'a function that returns a matrix', show(value), 'type')
}

function readEntries(values: ArrayLike<number>, out: Float64Array, from: number, length: number, label: string): void {
  if (values.length !== length) refuse(label, `of length ${length}`, `length ${values.length}`)
  for (let i = 0; i < length; i++) {
    const value: unknown = values[i]
    out[from + i] = typeof value === 'number' ? value : entry(value, `${label}[${i}]`)
  }
}

function entry(value: unknown, label: string): number {
  if (typeof value !== 'number') refuse(label, 'a number', show(value), 'type')
  return value
}
