import { type CSR, type LinearOperator, number, options, refuse, show } from '@opt/core'

/** A symmetric positive definite matrix: its nonzero entries, or a function of its products. */
export type SystemMatrix = CSR | LinearOperator

/** A checked matrix. */
export interface System {
  readonly n: number
  /** Writes out = A x. */
  multiply(x: Float64Array, out: Float64Array): void
  /** 0 where row and column are empty; undefined where that is not known. */
  readonly filled: Uint8Array | undefined
}

/**
 * Checks a matrix. Empty rows stand for unknowns that take no part, such as cells inside an obstacle.
 *
 * @throws TypeError or RangeError when it is not square, sorted, finite or symmetric, or has a diagonal entry that is not positive in a row
 * that is not empty.
 */
export function systemOf(A: SystemMatrix, label = 'A'): System {
  if (typeof (A as LinearOperator | null)?.apply === 'function') return operatorSystem(A as LinearOperator, label)
  const { rows: n, indptr, indices, values } = checkCSR(A as CSR, label)
  return {
    n,
    filled: Uint8Array.from({ length: n }, (_, i) => (indptr[i + 1] > indptr[i] ? 1 : 0)),
    multiply: (x, out) => multiplyRows(n, indptr, indices, values, x, out),
  }
}

/** The product with a CSR matrix; its arrays are arguments, which engines hold in registers. */
function multiplyRows(
  n: number,
  indptr: Int32Array,
  indices: Int32Array,
  values: Float64Array,
  x: Float64Array,
  out: Float64Array,
): void {
  for (let i = 0, k = 0; i < n; i++) {
    const end = indptr[i + 1]
    let sum = 0
    while (k < end) {
      sum += values[k] * x[indices[k]]
      k++
    }
    out[i] = sum
  }
}

function operatorSystem(A: LinearOperator, label: string): System {
  const n = number(A.rows, `${label}.rows`, { integer: true, min: 1, max: 2147483647 })
  if (A.columns !== n) refuse(label, 'square', `${n} x ${show(A.columns)}`)
  return {
    n,
    filled: undefined,
    multiply(x, out) {
      out.fill(NaN)
      A.apply(x, out)
    },
  }
}

/** Checks that a matrix in compressed rows is square and symmetric, with columns in order and entries that fit its diagonal. */
export function checkCSR(A: CSR, label = 'A'): CSR {
  const { rows, columns, indptr, indices, values } = options(A, label)
  const n = number(rows, `${label}.rows`, { integer: true, min: 1, max: 2147483646 })
  if (columns !== n) refuse(label, 'square', `${n} x ${show(columns)}`)
  const lists = { indptr, indices, values }
  for (const [name, list] of Object.entries(lists))
    if (!ArrayBuffer.isView(list) || list instanceof DataView)
      refuse(`${label}.${name}`, 'a typed array', show(list), 'type')
  if (indptr.length !== n + 1) refuse(`${label}.indptr`, `of length ${n + 1}`, `length ${indptr.length}`)
  const entries = Math.min(indices.length, values.length)
  if (indptr[0] !== 0) refuse(`${label}.indptr[0]`, '0', show(indptr[0]))
  for (let i = 0; i < n; i++) {
    const [from, to] = [indptr[i], indptr[i + 1]]
    if (!(to >= from && to <= entries))
      refuse(`${label}.indptr[${i + 1}]`, `between ${from} and ${entries}, the number of entries`, show(to))
    let diagonal = 0
    let last = -1
    for (let k = from; k < to; k++) {
      const j = indices[k]
      if (!(Number.isInteger(j) && j > last && j < n))
        refuse(`${label}.indices[${k}]`, `an integer between ${last + 1} and ${n - 1}`, show(j))
      if (!Number.isFinite(values[k])) refuse(`${label}.values[${k}]`, 'a finite number', show(values[k]))
      last = j
      if (j === i) diagonal = values[k]
    }
    if (to > from && !(diagonal > 0))
      refuse(`${label}[${i}][${i}]`, 'positive, where the row is not empty', show(diagonal))
  }
  checkSymmetry({ rows, columns, indptr, indices, values }, label)
  return A
}

/** Entries that differ by more than this, relative to the larger one of their two diagonal entries, are not symmetric. */
const ASYMMETRY = 1e-10

function checkSymmetry({ rows, indptr, indices, values }: CSR, label: string): void {
  const diagonal = new Float64Array(rows)
  for (let i = 0; i < rows; i++)
    for (let k = indptr[i]; k < indptr[i + 1]; k++) if (indices[k] === i) diagonal[i] = values[k]
  // Rows in order visit the entries of each column in order too: the mirror of an entry is the next one of its column's row.
  const next = Int32Array.from(indptr.subarray(0, rows))
  for (let i = 0; i < rows; i++)
    for (let k = indptr[i]; k < indptr[i + 1]; k++) {
      const j = indices[k]
      const m = next[j]
      const mirror = m < indptr[j + 1] && indices[m] === i ? values[m] : 0
      if (m < indptr[j + 1] && indices[m] === i) next[j]++
      if (!(Math.abs(values[k] - mirror) <= ASYMMETRY * Math.max(diagonal[i], diagonal[j])))
        refuse(`${label}[${j}][${i}]`, `equal to ${label}[${i}][${j}] = ${values[k]}`, show(mirror))
    }
}
