import { type Matrix, type MatrixLike, matrix, refuse, show } from '@opt/core'

const CATEGORY = 'a number: code a category by columns of 0 and 1, as oneHot of @opt/datasets does'
const MISSING = 'a number: leave out rows with missing values, or put the mean or median of the column in their place'

/**
 * Checks a table of features; categories and missing values are refused with what to do about them.
 *
 * @throws TypeError or RangeError that names the entry.
 */
export function checkFeatures(X: MatrixLike, label: string, columns?: number): Matrix {
  try {
    return matrix(X, label, { columns })
  } catch (error) {
    advise(X, label)
    throw error
  }
}

/** Refuses the first entry that is a text or missing. */
function advise(X: unknown, label: string): void {
  if (Array.isArray(X)) {
    for (const [i, row] of X.entries())
      if (Array.isArray(row) || ArrayBuffer.isView(row))
        for (let j = 0; j < (row as ArrayLike<unknown>).length; j++)
          adviseOn((row as ArrayLike<unknown>)[j], `${label}[${i}][${j}]`)
    return
  }
  const { shape, rows, columns } = (X ?? {}) as { shape?: number[]; rows?: number; columns?: number }
  const get = (X as { get?: unknown } | null)?.get
  const [n, d] = shape ?? [rows, columns]
  if (typeof get !== 'function' || !(Number(n) * Number(d) < 1e7)) return
  for (let i = 0; i < Number(n); i++)
    for (let j = 0; j < Number(d); j++) adviseOn(get.call(X, i, j), `${label}[${i}][${j}]`)
}

function adviseOn(value: unknown, at: string): void {
  if (typeof value === 'string' && value.trim() !== '') refuse(at, CATEGORY, show(value), 'type')
  if (value === null || value === undefined || value === '' || Number.isNaN(value))
    refuse(at, MISSING, show(value), typeof value === 'number' ? 'range' : 'type')
}
