import { type MatrixLike, matrix, refuse, type VectorLike, vector } from '@opt/core'

/** Rows of numbers: a flat row-major array, or any matrix that @opt/core reads. */
export type Rows = VectorLike | MatrixLike

const isFlat = (x: unknown): boolean =>
  ArrayBuffer.isView(x) || (Array.isArray(x) && (x.length === 0 || typeof x[0] === 'number'))

const isVector = (x: { shape?: unknown }): boolean => Array.isArray(x?.shape) && x.shape.length === 1

/**
 * Returns rows as a flat row-major array: the caller's own where it is a `Float64Array` already.
 *
 * @throws TypeError or RangeError unless they are finite, not empty, and `rows` x `columns` where those are known.
 */
export function flatRows(x: Rows, label: string, rule: { rows?: number; columns?: number } = {}): Float64Array {
  const { rows, columns } = rule
  if (!isFlat(x) && !isVector(x as { shape?: unknown })) return matrix(x as MatrixLike, label, { rows, columns }).data
  const flat = vector(x as VectorLike, label)
  if (columns !== undefined && flat.length % columns !== 0)
    refuse(label, `rows of ${columns} numbers`, `length ${flat.length}`)
  if (rows !== undefined && flat.length % rows !== 0) refuse(label, `${rows} rows`, `length ${flat.length}`)
  if (rows !== undefined && columns !== undefined && flat.length !== rows * columns)
    refuse(label, `${rows} rows of ${columns}`, `length ${flat.length}`)
  return flat
}

/** Copies the rows of an array at some places into another. */
export function gatherRows(from: Float64Array, width: number, indices: ArrayLike<number>, to: Float64Array): void {
  for (let i = 0, at = 0; i < indices.length; i++)
    for (let j = 0, source = indices[i] * width; j < width; j++) to[at++] = from[source++]
}

/** Whether all numbers are finite. */
export function allFinite(x: ArrayLike<number>): boolean {
  for (let i = 0; i < x.length; i++) if (x[i] - x[i] !== 0) return false
  return true
}
