import { type Matrix, number, options, Random, refuse, show, withinData } from '@opt/core'
import ndarray, { type NdArray, type TypedArray } from 'ndarray'
import { isTyped } from '../input/bytes.ts'

/** Anything with features and, for each row, a label or a target. */
export interface Rows {
  features: NdArray<TypedArray>
  labels?: Int32Array | Float64Array
  targets?: Float64Array
}

/**
 * Returns the given rows of a data set, in the given order (repeats allowed); fields that are not per row are
 * carried over.
 *
 * @throws RangeError when an index is not that of a row.
 */
export function takeRows<T extends Rows>(dataset: T, rows: ArrayLike<number>): T {
  checkRows(dataset, 'takeRows')
  if (!Array.isArray(rows) && !isTyped(rows)) refuse('takeRows: rows', 'an array of row numbers', show(rows), 'type')
  return selected(dataset, rows)
}

/** Returns the data set with its rows in random order; the one given is not changed. */
export function shuffle<T extends Rows>(dataset: T, rng: Random): T {
  checkRows(dataset, 'shuffle')
  if (!(rng instanceof Random)) refuse('shuffle: rng', 'a generator of random numbers', show(rng), 'type')
  return selected(dataset, rng.permutation(dataset.features.shape[0]!))
}

/**
 * Divides all features by a number: pixels of 0..255 by 255, those of {@link digits} by 16, to the range 0..1.
 *
 * @returns the data set with float64 features; the one given is not changed.
 * @throws RangeError when the divisor is not positive, or a quotient overflows.
 */
export function divideFeatures<T extends Rows>(
  dataset: T,
  divisor: number,
): Omit<T, 'features'> & { features: Matrix } {
  checkRows(dataset, 'divideFeatures')
  number(divisor, 'divideFeatures: divisor', { positive: true })
  const { features } = dataset
  const [n, columns] = features.shape as [number, number]
  const data = new Float64Array(n * columns)
  for (let i = 0, k = 0; i < n; i++)
    for (let j = 0; j < columns; j++, k++) {
      const value = features.get(i, j)
      data[k] = value / divisor
      if (Number.isFinite(value) && !Number.isFinite(data[k]))
        refuse('divideFeatures: divisor', 'one that float64 can hold the quotients of', show(divisor))
    }
  return { ...dataset, features: ndarray(data, [n, columns]) }
}

export function checkRows(dataset: Rows, caller: string): void {
  const { features, labels, targets } = options(dataset, `${caller}: dataset`)
  if (features?.shape?.length !== 2 || !isTyped(features.data) || !withinData(features))
    refuse(`${caller}: features`, 'an ndarray of 2 dimensions, within its data', show(features), 'type')
  const n = features.shape[0]
  for (const [label, values] of Object.entries({ labels, targets })) {
    if (values === undefined) continue
    if (!isTyped(values)) refuse(`${caller}: ${label}`, 'a typed array of numbers', show(values), 'type')
    if (values.length !== n) refuse(`${caller}: ${label}`, `of length ${n}`, `length ${values.length}`)
  }
}

function selected<T extends Rows>(dataset: T, rows: ArrayLike<number>): T {
  const { features, labels, targets } = dataset
  const [n, columns] = features.shape as [number, number]
  const [rowStride, columnStride] = features.stride as [number, number]
  const index = Int32Array.from({ length: rows.length }, (_, i) =>
    number(rows[i], `takeRows: rows[${i}]`, { integer: true, min: 0, max: n - 1 }),
  )
  const Kind = features.data.constructor as new (length: number) => TypedArray
  const data = new Kind(index.length * columns)
  for (let i = 0, k = 0; i < index.length; i++) {
    const start = features.offset + index[i]! * rowStride
    for (let j = 0; j < columns; j++) data[k++] = features.data[start + j * columnStride]!
  }
  const pick = <A extends Int32Array | Float64Array>(values: A): A =>
    new (values.constructor as new (values: number[]) => A)(Array.from(index, (row) => values[row]!))
  const rowsOnly = { ...dataset, features: ndarray(data, [index.length, columns]) }
  if (labels) rowsOnly.labels = pick(labels)
  if (targets) rowsOnly.targets = pick(targets)
  return rowsOnly
}
