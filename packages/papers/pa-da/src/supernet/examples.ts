import { type MatrixLike, matrix, number, refuse, show, type VectorLike, vector } from '@opt/core'

/** Inputs and classes as users pass them. */
export interface Data {
  /** [n, inputs]. */
  inputs: MatrixLike
  /** n whole numbers from 0 to classes - 1. */
  labels: VectorLike
}

/** Checked examples. */
export interface Examples {
  count: number
  /** Row-major, [count, inputs]. */
  x: Float64Array
  y: Int32Array
}

/** Checks inputs and labels. */
export function examplesOf(data: Data, inputs: number, classes: number, label: string): Examples {
  if (typeof data !== 'object' || data === null) refuse(label, 'inputs and labels', show(data), 'type')
  const { data: x, shape } = matrix(data.inputs, `${label}.inputs`, { columns: inputs })
  const y = labelsOf(data.labels, shape[0], classes, `${label}.labels`)
  return { count: shape[0], x, y }
}

/** Checks labels of n examples. */
export function labelsOf(labels: VectorLike, n: number, classes: number, label: string): Int32Array {
  const given = vector(labels, label, { length: n })
  given.forEach((y, i) => {
    number(y, `${label}[${i}]`, { integer: true, min: 0, max: classes - 1 })
  })
  return Int32Array.from(given)
}
