import type { LabelledExamples } from '@opt/bilevel'
import { matrix, refuse, show, vector } from '@opt/core'

/** Rows label (z, 1) of labelled examples z. */
export interface SignedRows {
  /** Row-major, n x d. */
  rows: Float64Array
  n: number
  /** Features, and 1 for the bias. */
  d: number
}

/** Squares of products of larger numbers overflow. */
const LARGEST = 1e70

/** Checks examples with labels 1 and -1, or 1 and 0. */
export function signedRows(given: LabelledExamples, label: string, features?: number): SignedRows {
  if (typeof given !== 'object' || given === null)
    refuse(label, 'an object with inputs and labels', show(given), 'type')
  const inputs = matrix(given.inputs, `${label}.inputs`, { columns: features })
  const [n, columns] = inputs.shape as [number, number]
  for (let i = 0; i < inputs.data.length; i++)
    if (Math.abs(inputs.data[i]) > LARGEST)
      refuse(`${label}.inputs`, `of entries up to ${LARGEST}`, show(inputs.data[i]))
  const labels = vector(given.labels, `${label}.labels`, { length: n })
  const other = labels.includes(-1) ? -1 : 0
  const d = columns + 1
  const rows = new Float64Array(n * d)
  for (let i = 0; i < n; i++) {
    if (labels[i] !== 1 && labels[i] !== other) refuse(`${label}.labels[${i}]`, `1 or ${other}`, show(labels[i]))
    const sign = labels[i] === 1 ? 1 : -1
    for (let j = 0; j < columns; j++) rows[i * d + j] = sign * inputs.data[i * columns + j]
    rows[i * d + columns] = sign
  }
  return { rows, n, d }
}
