import { type Matrix, number, options as optionsOf, type VectorLike, vector } from '@opt/core'
import ndarray from 'ndarray'
import { type Limits, limit, within } from '../input/limits.ts'

/**
 * Returns a matrix with a row for each label: 1 at the label, 0 elsewhere.
 *
 * @param classes number of columns; default: the largest label + 1.
 * @throws RangeError when a label is no integer between 0 and classes - 1, or the rows have more than
 * `maxCells` entries (default 100,000,000).
 */
export function oneHot(labels: VectorLike, classes?: number, limits: Pick<Limits, 'maxCells'> = {}): Matrix {
  const values = vector(labels, 'oneHot: labels', { sign: 'nonnegative' })
  const most = limit(optionsOf(limits, 'oneHot: options', ['maxCells']), 'maxCells', 'oneHot')
  if (classes !== undefined) number(classes, 'oneHot: classes', { integer: true, min: 1 })
  const columns = classes ?? values.reduce((largest, label) => Math.max(largest, label), 0) + 1
  values.forEach((label, i) => number(label, `oneHot: labels[${i}]`, { integer: true, min: 0, max: columns - 1 }))
  const size = `${values.length} rows of ${columns}`
  within(values.length * columns, most, 'maxCells', 'oneHot: labels', size)
  const data = new Float64Array(values.length * columns)
  values.forEach((label, i) => (data[i * columns + label] = 1))
  return ndarray(data, [values.length, columns])
}
