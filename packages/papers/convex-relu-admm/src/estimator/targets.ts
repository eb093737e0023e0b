import { type MatrixLike, matrix, refuse, type VectorLike, vector } from '@opt/core'
import { checkLabels } from '../checks.ts'

/** The targets of an estimator, a column for each network. */
export interface Targets {
  /** As given, row by row. */
  values: Float64Array
  columns: Float64Array[]
  /** Ascending; null for regression and for several outputs. */
  classes: Float64Array | null
}

const isMatrix = (y: unknown): boolean => {
  if (typeof y !== 'object' || y === null) return false
  if ('shape' in y) return (y as { shape: number[] }).shape.length === 2
  if ('rows' in y && 'columns' in y) return (y as { columns: number }).columns > 1
  const first = (y as ArrayLike<unknown>)[0]
  return typeof first === 'object' && first !== null
}

/**
 * Checks targets for n rows, a vector or n x k. Two classes become one column of -1 and 1, more
 * become one column each, one against the rest.
 */
export function checkTargets(y: VectorLike | MatrixLike, n: number, classify: boolean): Targets {
  const label = 'ConvexReluNetwork: y'
  if (isMatrix(y)) {
    const { data: values, shape } = matrix(y as MatrixLike, label, { rows: n })
    if (classify) checkLabels(values, label, 'classification of several outputs')
    const k = shape[1]
    const columns = Array.from({ length: k }, (_, j) => Float64Array.from({ length: n }, (_v, i) => values[i * k + j]))
    return { values, columns, classes: null }
  }
  const values = vector(y as VectorLike, label, { length: n })
  if (!classify) return { values, columns: [values], classes: null }
  const classes = Float64Array.from(new Set(values)).sort()
  if (classes.length < 2) refuse(label, 'labels of at least two classes', `only ${classes[0]}`)
  const positive = classes.length === 2 ? [classes[1]] : [...classes]
  return { values, columns: positive.map((c) => values.map((v) => (v === c ? 1 : -1))), classes }
}
