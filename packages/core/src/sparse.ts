import { type MatrixLike, matrix } from './arrays.ts'
import { number, refuse, show } from './errors.ts'

/** A sparse matrix by compressed rows: row i's entries stand at indptr[i] .. indptr[i + 1] - 1 of `indices` (columns) and `values`. */
export interface CSR {
  rows: number
  columns: number
  /** Length rows + 1, nondecreasing, from 0. */
  indptr: Int32Array
  /** Column of each entry, 0 .. columns - 1. */
  indices: Int32Array
  values: Float64Array
}

/**
 * Checks the parts of a sparse matrix and puts them together; copies nothing.
 *
 * @throws TypeError when a part is not an array of its type, RangeError when the parts do not fit each other.
 */
export function csr(parts: CSR): CSR {
  return whole(parts, 'csr: ')
}

/** A sparse matrix, once all of its entries are looked at. */
export function whole(parts: CSR, label: string): CSR {
  checkParts(parts, label)
  const { rows, columns, indptr, indices, values } = parts
  if (indptr[0] !== 0) refuse(`${label}indptr[0]`, '0', `${indptr[0]}`)
  if (indptr[rows] !== values.length)
    refuse(`${label}indptr[${rows}]`, `the number of values (${values.length})`, `${indptr[rows]}`)
  for (let i = 0; i < rows; i++)
    if (indptr[i + 1] < indptr[i]) refuse(`${label}indptr[${i + 1}]`, `at least ${indptr[i]}`, `${indptr[i + 1]}`)
  for (let k = 0; k < indices.length; k++) {
    if (!(indices[k] >= 0 && indices[k] < columns))
      refuse(`${label}indices[${k}]`, `between 0 and ${columns - 1}`, `${indices[k]}`)
    if (!Number.isFinite(values[k])) refuse(`${label}values[${k}]`, 'a finite number', `${values[k]}`)
  }
  return { rows, columns, indptr, indices, values }
}

/** Types and lengths, but no entries: what a product can afford. */
function checkParts(parts: CSR, label: string): void {
  if (typeof parts !== 'object' || parts === null)
    refuse(label.endsWith('.') ? label.slice(0, -1) : `${label}parts`, 'a sparse matrix', show(parts), 'type')
  const { rows, columns, indptr, indices, values } = parts
  number(rows, `${label}rows`, { integer: true, min: 0 })
  number(columns, `${label}columns`, { integer: true, min: 0, max: 2147483647 })
  checkView(indptr, 'Int32Array', `${label}indptr`)
  checkView(indices, 'Int32Array', `${label}indices`)
  checkView(values, 'Float64Array', `${label}values`)
  if (indptr.length !== rows + 1) refuse(`${label}indptr`, `of length ${rows + 1}`, `length ${indptr.length}`)
  if (indices.length !== values.length)
    refuse(`${label}indices`, `as long as values (${values.length})`, `length ${indices.length}`)
}

/** Refuses what is no typed array of that type, and one that is too short. */
export function checkView(x: ArrayLike<number>, type: string, label: string, length = 0): void {
  if (!ArrayBuffer.isView(x) || (x as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] !== type)
    refuse(label, `${/^[AI]/.test(type) ? 'an' : 'a'} ${type}`, show(x), 'type')
  if ((x as ArrayLike<number>).length < length)
    refuse(label, `of length ${length} at least`, `length ${(x as ArrayLike<number>).length}`)
}

/** The nonzero entries of a dense matrix. */
export function csrFromDense(x: MatrixLike): CSR {
  const { data, shape } = matrix(x, 'csrFromDense: x')
  const [rows, columns] = shape as [number, number]
  let count = 0
  for (const v of data) if (v !== 0) count++
  const sparse = {
    rows,
    columns,
    indptr: new Int32Array(rows + 1),
    indices: new Int32Array(count),
    values: new Float64Array(count),
  }
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const v = data[i * columns + j]
      if (v === 0) continue
      sparse.indices[k] = j
      sparse.values[k++] = v
    }
    sparse.indptr[i + 1] = k
  }
  return sparse
}

/**
 * y = A x; y is written.
 *
 * @throws TypeError or RangeError when types or lengths do not fit; entries are as {@link csr} found them.
 */
export function csrMultiply(a: CSR, x: Float64Array, y: Float64Array): void {
  checkParts(a, 'csrMultiply: a.')
  const { rows, columns, indptr, indices, values } = a
  checkView(x, 'Float64Array', 'csrMultiply: x', columns)
  checkView(y, 'Float64Array', 'csrMultiply: y', rows)
  for (let i = 0; i < rows; i++) {
    let sum = 0
    for (let k = indptr[i]; k < indptr[i + 1]; k++) sum += values[k] * x[indices[k]]
    y[i] = sum
  }
}

/**
 * y = A' x; y is written.
 *
 * @throws as {@link csrMultiply}.
 */
export function csrMultiplyTransposed(a: CSR, x: Float64Array, y: Float64Array): void {
  checkParts(a, 'csrMultiplyTransposed: a.')
  const { rows, columns, indptr, indices, values } = a
  checkView(x, 'Float64Array', 'csrMultiplyTransposed: x', rows)
  checkView(y, 'Float64Array', 'csrMultiplyTransposed: y', columns)
  y.fill(0)
  for (let i = 0; i < rows; i++) {
    const xi = x[i]
    for (let k = indptr[i]; k < indptr[i + 1]; k++) y[indices[k]] += values[k] * xi
  }
}

/**
 * A', again by compressed rows; columns within a row ascend when A's rows are read in order.
 *
 * @throws as {@link csr}.
 */
export function csrTranspose(a: CSR): CSR {
  const { rows, columns, indptr, indices, values } = whole(a, 'csrTranspose: a.')
  const out = {
    rows: columns,
    columns: rows,
    indptr: new Int32Array(columns + 1),
    indices: new Int32Array(values.length),
    values: new Float64Array(values.length),
  }
  for (const j of indices) out.indptr[j + 1]++
  for (let j = 0; j < columns; j++) out.indptr[j + 1] += out.indptr[j]
  const next = out.indptr.slice(0, columns)
  for (let i = 0; i < rows; i++)
    for (let k = indptr[i]; k < indptr[i + 1]; k++) {
      const at = next[indices[k]]++
      out.indices[at] = i
      out.values[at] = values[k]
    }
  return out
}
