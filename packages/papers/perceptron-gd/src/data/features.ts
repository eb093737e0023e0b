import { type CSR, type Matrix, type MatrixLike, matrix, refuse, show, vector } from '@opt/core'

/**
 * Examples as rows: anything that is a matrix, or sparse rows as @opt/datasets reads them from
 * LIBSVM files.
 */
export type Features = MatrixLike | CSR

/** Tells sparse rows from matrices. */
export const isSparse = (features: unknown): features is CSR =>
  typeof features === 'object' && features !== null && 'indptr' in features

/**
 * Checks features.
 *
 * @throws TypeError or RangeError when they are neither a matrix nor sparse rows, empty or not
 *   finite.
 */
export function checkFeatures(features: Features, label: string, columns?: number): Matrix | CSR {
  if (!isSparse(features)) {
    if (typeof features === 'object' && features !== null && Object.hasOwn(features, 'values'))
      refuse(label, 'a matrix, or sparse rows { rows, columns, indptr, indices, values }', show(features), 'type')
    return matrix(features, label, { columns })
  }
  checkSparse(features, label)
  if (columns !== undefined && features.columns !== columns)
    refuse(label, `of ${columns} columns`, `${features.columns} columns`)
  return features
}

/** The number of rows and columns of checked features. */
export const sizeOf = (features: Matrix | CSR): [rows: number, columns: number] =>
  isSparse(features) ? [features.rows, features.columns] : (features.shape as [number, number])

/** Whether a value is a typed array of that name, of whatever realm. */
const isTyped = (value: unknown, name: string) => Object.prototype.toString.call(value) === `[object ${name}]`

const isSize = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0

function checkSparse({ rows, columns, indptr, indices, values }: CSR, label: string): void {
  if (!isSize(rows)) refuse(`${label}.rows`, 'a positive integer', show(rows))
  if (!isSize(columns)) refuse(`${label}.columns`, 'a positive integer', show(columns))
  for (const [name, list] of Object.entries({ indptr, indices }))
    if (!isTyped(list, 'Int32Array')) refuse(`${label}.${name}`, 'an Int32Array', show(list), 'type')
  if (!isTyped(values, 'Float64Array')) refuse(`${label}.values`, 'a Float64Array', show(values), 'type')
  if (indptr.length !== rows + 1) refuse(`${label}.indptr`, `of length ${rows + 1}`, `length ${indptr.length}`)
  if (indptr[0] !== 0) refuse(`${label}.indptr[0]`, '0', show(indptr[0]))
  const entries = indptr[rows]
  if (indices.length !== entries) refuse(`${label}.indices`, `of length ${entries}`, `length ${indices.length}`)
  if (entries > 0) vector(values, `${label}.values`, { length: entries })
  for (let i = 0; i < rows; i++) {
    if (!(indptr[i + 1] >= indptr[i] && indptr[i + 1] <= entries))
      refuse(`${label}.indptr[${i + 1}]`, `between ${indptr[i]} and ${entries}`, show(indptr[i + 1]))
    for (let k = indptr[i], next = 0; k < indptr[i + 1]; k++) {
      if (!(indices[k] >= next && indices[k] < columns))
        refuse(`${label}.indices[${k}]`, `ascending within its row and below ${columns}`, show(indices[k]))
      next = indices[k] + 1
    }
  }
}
