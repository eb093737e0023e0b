import ndarray, { type NdArray } from 'ndarray'
import { number, refuse, show } from './errors.ts'

// Looked up once: in jest's realms every mention of a global costs more than the arithmetic.
const { isFinite: finite } = Number

/** A matrix of ml-matrix, or anything with its shape. */
export interface RowsAndColumns {
  readonly rows: number
  readonly columns: number
  get(row: number, column: number): number
}

/**
 * Accepted as a vector: an array, a typed array, a one-dimensional ndarray (any stride), a matrix with one
 * row or column.
 */
export type VectorLike = ArrayLike<number> | NdArray | RowsAndColumns

/** Accepted as a matrix: a two-dimensional ndarray (any strides), an array of rows, an ml-matrix. */
export type MatrixLike = NdArray | ArrayLike<ArrayLike<number>> | RowsAndColumns

/** A dense matrix as packages of @opt use it: an ndarray whose `data` is row-major, contiguous, from offset 0. */
export type Matrix = NdArray<Float64Array>

/** Conditions on the entries; finiteness is always checked. */
export interface EntryRule {
  sign?: 'any' | 'nonnegative' | 'positive'
  /** Allow Infinity. */
  infinity?: boolean
}

/** Conditions on a vector. */
export interface VectorRule extends EntryRule {
  length?: number | undefined
}

/** Conditions on a matrix. */
export interface MatrixRule extends EntryRule {
  rows?: number | undefined
  columns?: number | undefined
}

const isNdArray = (x: unknown): x is NdArray =>
  typeof x === 'object' && x !== null && 'shape' in x && 'stride' in x && 'offset' in x && 'data' in x

const isRowsAndColumns = (x: unknown): x is RowsAndColumns =>
  typeof x === 'object' &&
  x !== null &&
  'rows' in x &&
  'columns' in x &&
  typeof (x as { get?: unknown }).get === 'function'

const isSize = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0

const isArrayLike = (x: unknown): x is ArrayLike<unknown> =>
  Array.isArray(x) ||
  (ArrayBuffer.isView(x) && 'length' in x) ||
  (typeof x === 'object' && x !== null && isSize((x as { length?: unknown }).length))

const isFloat64 = (x: unknown): x is Float64Array => Object.prototype.toString.call(x) === '[object Float64Array]'

const SIGNS = { any: 'finite', nonnegative: 'nonnegative', positive: 'positive' }

function checkEntries(data: ArrayLike<number>, rule: EntryRule, label: string, columns?: number): void {
  const sign = rule.sign ?? 'any'
  for (let i = sign === 'any' && isFloat64(data) ? finitePart(data) : 0; i < data.length; i++) {
    const v = data[i]
    if (rule.infinity && v === Infinity) continue
    const ok = finite(v) && (sign === 'any' || (sign === 'positive' ? v > 0 : v >= 0))
    if (ok) continue
    const at = columns === undefined ? `[${i}]` : `[${Math.floor(i / columns)}][${i % columns}]`
    const allowed = rule.infinity ? 'a finite number or Infinity' : 'a finite number'
    refuse(label + at, finite(v) ? SIGNS[sign] : allowed, show(v), typeof v === 'number' ? 'range' : 'type')
  }
}

/** Returns a number of entries, from the first on, that are finite: all of them, if all are. */
function finitePart(x: Float64Array): number {
  const n = x.length
  let i = 0
  // x - x is 0 for a finite number and NaN for any other.
  for (; i + 4 <= n; i += 4) {
    const differences = x[i] - x[i] + (x[i + 1] - x[i + 1]) + (x[i + 2] - x[i + 2]) + (x[i + 3] - x[i + 3])
    if (differences !== 0) break
  }
  while (i < n && x[i] - x[i] === 0) i++
  return i
}

/** A matrix with more entries than any engine has memory for has a wrong size: refused before anything is allocated. */
const MOST = 2147483647

function checkSize(rows: unknown, columns: unknown, label: string): void {
  if (!(isSize(rows) && isSize(columns) && rows * columns <= MOST))
    refuse(label, `of at most ${MOST} entries`, `shape [${show(rows)}, ${show(columns)}]`)
}

/**
 * Whether all entries of an ndarray, of any dimension, lie within its data. One whose shape or strides reach
 * beyond would give NaN, and may require more memory than there is.
 */
export function withinData({ data, shape, stride, offset }: NdArray): boolean {
  if (!Array.isArray(shape) || !Array.isArray(stride) || stride.length !== shape.length) return false
  let [first, last, empty] = [offset, offset, false]
  for (let d = 0; d < shape.length; d++) {
    if (!isSize(shape[d]) || !Number.isSafeInteger(stride[d])) return false
    empty ||= shape[d] === 0
    const reach = (shape[d] - 1) * stride[d]
    if (reach < 0) first += reach
    else last += reach
  }
  return empty || (isSize(first) && last < ((data as ArrayLike<number> | null)?.length ?? 0))
}

function checkNdArray(x: NdArray, dimension: number, label: string): void {
  if (x.shape?.length !== dimension)
    refuse(label, dimension === 1 ? 'a vector' : 'a matrix', `an ndarray of shape [${x.shape}]`, 'type')
  if (!withinData(x))
    refuse(label, 'an ndarray within its data', `shape [${x.shape}], stride [${x.stride}], offset ${x.offset}`)
}

/** Copies a strided ndarray's entries, row-major. */
function copyNdArray(x: NdArray, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns)
  const flat = x.dimension === 1
  const data = x.data as ArrayLike<number>
  const direct = x.dtype !== 'generic'
  const [s0 = 0, s1 = 0] = flat ? [0, x.stride[0]] : x.stride
  for (let i = 0, o = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      out[o++] = direct ? data[x.offset + i * s0 + j * s1] : flat ? x.get(j) : x.get(i, j)
  return out
}

function flatten(x: VectorLike, label: string): ArrayLike<number> {
  if (isNdArray(x)) {
    checkNdArray(x, 1, label)
    return copyNdArray(x, 1, x.shape[0])
  }
  if (isRowsAndColumns(x)) {
    checkSize(x.rows, x.columns, label)
    if (x.rows !== 1 && x.columns !== 1) refuse(label, 'a vector', `a ${x.rows} x ${x.columns} matrix`, 'type')
    return Array.from({ length: x.rows * x.columns }, (_, i) => (x.rows === 1 ? x.get(0, i) : x.get(i, 0)))
  }
  if (!isArrayLike(x)) refuse(label, 'a vector (array, typed array or ndarray)', show(x), 'type')
  return x as ArrayLike<number>
}

/**
 * Converts a vector to a `Float64Array`: returns the caller's own array when it is one already, a copy otherwise.
 * To write into the result use {@link vectorCopy}.
 *
 * @throws TypeError when `x` is not a vector, RangeError when it is empty, has another length, or an entry
 *   breaks the rule.
 */
export function vector(x: VectorLike, label: string, rule: VectorRule = {}): Float64Array {
  const source = flatten(x, label)
  if (rule.length !== undefined && source.length !== rule.length)
    refuse(label, `of length ${rule.length}`, `length ${source.length}`)
  if (source.length === 0) refuse(label, 'nonempty', 'length 0')
  checkEntries(source, rule, label)
  return isFloat64(source) ? source : Float64Array.from(source)
}

/** Does the same as {@link vector}, but always returns a copy. */
export function vectorCopy(x: VectorLike, label: string, rule: VectorRule = {}): Float64Array {
  const result = vector(x, label, rule)
  return result === x ? result.slice() : result
}

/**
 * Checks an order of examples, as saved states have it: an array of 0, ..., length - 1, each once. Returns it.
 *
 * @throws TypeError or RangeError
 */
export function permutation(value: unknown, label: string, length: number): number[] {
  if (!Array.isArray(value)) refuse(label, 'an array', show(value), 'type')
  if (value.length !== length) refuse(label, `of length ${length}`, `length ${value.length}`)
  const seen = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const place = number(value[i], `${label}[${i}]`, { integer: true, min: 0, max: length - 1 })
    if (seen[place]++) refuse(`${label}[${i}]`, 'a number that does not come earlier', `${place} again`)
  }
  return value
}

function plain(x: NdArray): x is Matrix {
  const [rows, columns] = x.shape as [number, number]
  return (
    isFloat64(x.data) &&
    x.offset === 0 &&
    x.stride[1] === 1 &&
    x.stride[0] === columns &&
    x.data.length === rows * columns
  )
}

function rowsOf(x: ArrayLike<ArrayLike<number>>, label: string): Matrix {
  const rows = x.length
  const first = x[0]
  const columns = isArrayLike(first) ? first.length : 0
  checkSize(rows, columns, label)
  const data = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    const row = x[i] as ArrayLike<number>
    if (!isArrayLike(row)) refuse(`${label}[${i}]`, 'a row (array or typed array)', show(row), 'type')
    if (row.length !== columns)
      refuse(`${label}[${i}]`, `of length ${columns} like the first row`, `length ${row.length}`)
    for (let j = 0; j < columns; j++) {
      const v: unknown = row[j]
      if (typeof v !== 'number') refuse(`${label}[${i}][${j}]`, 'a finite number', show(v), 'type')
      data[i * columns + j] = v
    }
  }
  return ndarray(data, [rows, columns])
}

/**
 * Converts a matrix to a contiguous row-major ndarray of float64: returns the caller's own when it is one
 * already, a copy otherwise.
 *
 * @throws TypeError when `x` is not a matrix, RangeError when it is empty, ragged, of another shape, or an
 *   entry breaks the rule.
 */
export function matrix(x: MatrixLike, label: string, rule: MatrixRule = {}): Matrix {
  let result: Matrix
  if (isNdArray(x)) {
    checkNdArray(x, 2, label)
    const [rows, columns] = x.shape as [number, number]
    result = plain(x) ? x : ndarray(copyNdArray(x, rows, columns), [rows, columns])
  } else if (isRowsAndColumns(x)) {
    const { rows, columns } = x
    checkSize(rows, columns, label)
    const data = new Float64Array(rows * columns)
    for (let i = 0, o = 0; i < rows; i++) for (let j = 0; j < columns; j++) data[o++] = x.get(i, j)
    result = ndarray(data, [rows, columns])
  } else {
    if (!isArrayLike(x)) refuse(label, 'a matrix (ndarray, array of rows or ml-matrix)', show(x), 'type')
    result = rowsOf(x as ArrayLike<ArrayLike<number>>, label)
  }
  const [rows, columns] = result.shape as [number, number]
  if (rows === 0 || columns === 0) refuse(label, 'nonempty', `shape [${rows}, ${columns}]`)
  if ((rule.rows ?? rows) !== rows || (rule.columns ?? columns) !== columns)
    refuse(label, `of shape [${rule.rows ?? rows}, ${rule.columns ?? columns}]`, `shape [${rows}, ${columns}]`)
  checkEntries(result.data, rule, label, columns)
  return result
}

/** Does the same as {@link matrix}, but always returns a copy. */
export function matrixCopy(x: MatrixLike, label: string, rule: MatrixRule = {}): Matrix {
  const result = matrix(x, label, rule)
  return result === x ? ndarray(result.data.slice(), result.shape.slice()) : result
}
