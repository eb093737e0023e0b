import {
  type Matrix,
  type MatrixLike,
  matrixCopy,
  number,
  options,
  Random,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { type Limits, limit, within } from './limits.ts'
import { knownOptions } from './options.ts'

/** Mean and scale of each column. */
export interface Scaling {
  mean: Float64Array
  /** Standard deviation (divisor n); 1 where it is 0 up to rounding. */
  scale: Float64Array
}

/**
 * Centres each column at 0 and scales it to deviation 1.
 *
 * @param features [rows, columns]; not changed.
 * @param scaling that of other data (the training rows) instead of their own.
 * @throws TypeError or RangeError when features or scaling are malformed or do not fit each other.
 */
export function standardize(features: MatrixLike, scaling?: Scaling): Scaling & { features: Matrix } {
  const out = matrixCopy(features, 'standardize: features')
  const [rows, columns] = out.shape as [number, number]
  const { data } = out
  const given = scaling === undefined ? undefined : options(scaling, 'standardize: scaling')
  const { mean, scale } = given
    ? {
        mean: vector(given.mean, 'standardize: mean', { length: columns }),
        scale: vector(given.scale, 'standardize: scale', { length: columns, sign: 'positive' }),
      }
    : columnScaling(data, rows, columns)
  for (let i = 0, k = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, k++) {
      data[k] = (data[k]! - mean[j]!) / scale[j]!
      if (!Number.isFinite(data[k]))
        refuse(`standardize: scale[${j}]`, 'one that float64 can hold the features in', show(scale[j]))
    }
  return { features: out, mean, scale }
}

function columnScaling(data: Float64Array, rows: number, columns: number): Scaling {
  const mean = new Float64Array(columns)
  const scale = new Float64Array(columns)
  for (let j = 0; j < columns; j++) {
    let sum = 0
    let constant = true
    for (let k = j; k < data.length; k += columns) {
      sum += data[k]!
      constant &&= data[k] === data[j]
    }
    mean[j] = constant ? data[j]! : sum / rows
    const spread = constant ? 0 : deviation(data, j, columns, mean[j]!, rows)
    // Deviations within the rounding of the mean are noise (the rule of scikit-learn).
    scale[j] = spread > Number.EPSILON * rows * Math.abs(mean[j]!) ? spread : 1
    if (!Number.isFinite(mean[j]! / scale[j]!))
      refuse(`standardize: features, column ${j}`, 'of numbers whose sum float64 can hold', 'larger ones')
  }
  return { mean, scale }
}

/** Root mean square of a column about its mean, without overflow or underflow of the squares. */
function deviation(data: Float64Array, from: number, step: number, mean: number, rows: number): number {
  let largest = 0
  for (let k = from; k < data.length; k += step) largest = Math.max(largest, Math.abs(data[k]! - mean))
  let sum = 0
  for (let k = from; k < data.length; k += step) {
    const part = (data[k]! - mean) / largest
    sum += part * part
  }
  return largest * Math.sqrt(sum / rows)
}

/** Options of {@link trainTestSplit}. */
export interface SplitRule {
  /** Part of the rows to test on, between 0 and 1. */
  testFraction?: number
  rng: Random
  /** Labels of the rows: each class is split in the same proportion. */
  stratify?: VectorLike
}

/**
 * Splits rows 0..n-1 into those to train on and those to test on, round(n * testFraction) of them, each in random order.
 *
 * @throws RangeError when one part would be empty, or `stratify` is not of length n.
 */
export function trainTestSplit(n: number, rule: SplitRule): { train: Int32Array; test: Int32Array } {
  const { testFraction = 0.25, rng, stratify } = options(rule, 'trainTestSplit: rule')
  number(n, 'trainTestSplit: n', { integer: true, min: 2 })
  number(testFraction, 'trainTestSplit: testFraction', { positive: true, max: 1 })
  const count = Math.round(n * testFraction)
  if (count < 1 || count >= n)
    refuse('trainTestSplit: testFraction', `one that leaves rows in both parts of ${n}`, show(testFraction))
  if (!(rng instanceof Random)) refuse('trainTestSplit: rng', 'a generator of random numbers', show(rng), 'type')
  const strata = stratify === undefined ? undefined : vector(stratify, 'trainTestSplit: stratify', { length: n })
  const order = rng.permutation(n)
  if (!strata) return { test: order.slice(0, count), train: order.slice(count) }
  const groups = new Map<number, number[]>()
  for (const row of order) {
    const label = strata[row]!
    const group = groups.get(label)
    if (group) group.push(row)
    else groups.set(label, [row])
  }
  const classes = [...groups].sort(([a], [b]) => a - b).map(([, rows]) => rows)
  const shares = apportion(
    classes.map((rows) => rows.length),
    count,
    n,
  )
  const part = (from: (rows: number[], share: number) => number[]) =>
    rng.shuffle(Int32Array.from(classes.flatMap((rows, k) => from(rows, shares[k]!))))
  return { test: part((rows, share) => rows.slice(0, share)), train: part((rows, share) => rows.slice(share)) }
}

/** Shares `count` out in proportion to `sizes` (which sum to `total`), by largest remainders. */
function apportion(sizes: number[], count: number, total: number): number[] {
  const shares = sizes.map((size) => Math.floor((size * count) / total))
  const left = count - shares.reduce((sum, share) => sum + share, 0)
  const remainder = (k: number) => (sizes[k]! * count) % total
  const order = sizes.map((_, k) => k).sort((a, b) => remainder(b) - remainder(a) || a - b)
  for (const k of order.slice(0, left)) shares[k]!++
  return shares
}

/**
 * One row for each label, 1 at the label and 0 elsewhere.
 *
 * @param classes number of columns; default: the largest label + 1.
 * @throws RangeError when a label is no integer between 0 and classes - 1, or the rows have more than `maxCells` entries
 * (default 100,000,000).
 */
export function oneHot(labels: VectorLike, classes?: number, limits: Pick<Limits, 'maxCells'> = {}): Matrix {
  const values = vector(labels, 'oneHot: labels', { sign: 'nonnegative' })
  const most = limit(knownOptions(limits, ['maxCells'], 'oneHot'), 'maxCells', 'oneHot')
  if (classes !== undefined) number(classes, 'oneHot: classes', { integer: true, min: 1 })
  const columns = classes ?? values.reduce((largest, label) => Math.max(largest, label), 0) + 1
  values.forEach((label, i) => number(label, `oneHot: labels[${i}]`, { integer: true, min: 0, max: columns - 1 }))
  const size = `${values.length} rows of ${columns}`
  within(values.length * columns, most, 'maxCells', 'oneHot: labels', size)
  const data = new Float64Array(values.length * columns)
  values.forEach((label, i) => (data[i * columns + label] = 1))
  return ndarray(data, [values.length, columns])
}
