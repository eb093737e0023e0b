import {
  boolean,
  type CSR,
  calling,
  type Matrix,
  options as optionsOf,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import { checkFeatures, type Features, isSparse, sizeOf } from './features.ts'
import { denseRows, type Rows, sparseRows } from './rows.ts'

/** Argument of {@link dataset}. */
export interface DatasetOptions {
  /** n examples by rows, dense or sparse. */
  features: Features
  /** n labels: +1 and -1, or 1 and 0. */
  labels: VectorLike
  /** Append the constant feature 1, whose coefficient is the intercept. Default true. */
  intercept?: boolean | undefined
}

/** Two-class data, prepared for the solvers by {@link dataset}. */
export class Dataset {
  /** Number of examples. */
  readonly n: number
  /** Number of coefficients: the features, and the intercept if there is one. */
  readonly d: number
  /** Whether the last coefficient is an intercept. */
  readonly intercept: boolean
  /**
   * R, the largest Euclidean norm of an example, the constant feature included; Infinity above
   * 1.8e308.
   */
  readonly radius: number
  /** @internal The rows z_i = y_i a_i, divided by `unit`. */
  readonly rows: Rows
  /** @internal 1, or a power of two that brings rows of extreme size to size 1. */
  readonly unit: number
  /** @internal The largest norm of the rows. */
  readonly scaledRadius: number

  /** @internal Use {@link dataset}. */
  constructor(rows: Rows, unit: number, scaledRadius: number, intercept: boolean) {
    this.n = rows.n
    this.d = rows.d
    this.rows = rows
    this.unit = unit
    this.intercept = intercept
    this.scaledRadius = scaledRadius
    this.radius = unit * scaledRadius
  }
}

/** Checks that an argument was made by {@link dataset}. */
export function checkDataset(data: unknown, label: string): Dataset {
  if (!(data instanceof Dataset)) refuse(label, 'made by dataset({ features, labels })', show(data), 'type')
  return data
}

/**
 * Prepares two-class data: the rows z_i = y_i a_i, so that a plane separates when all z_i'theta >
 * 0. The caller's arrays are copied.
 *
 * @throws TypeError or RangeError when features or labels are empty, of different length, not
 *   finite, or not of two classes; when their largest entry is not between 1e-300 and 1e300; or
 *   when an example is 0 (or would be, beside the largest), which no plane through the origin
 *   separates.
 */
export function dataset(given: DatasetOptions): Dataset {
  return calling('dataset', () => {
    const { features, labels, intercept = true } = optionsOf(given, 'data')
    boolean(intercept, 'intercept')
    const checked = checkFeatures(features, 'features')
    return prepare(checked, signsOf(labels, sizeOf(checked)[0]), intercept)
  })
}

/** The labels as +1 and -1. */
function signsOf(labels: VectorLike, n: number): Float64Array {
  const y = vector(labels, 'labels', { length: n })
  const zero = y.includes(0)
  return y.map((label, i) => {
    if (label !== 1 && label !== (zero ? 0 : -1)) refuse(`labels[${i}]`, zero ? '1 or 0' : '+1 or -1', show(label))
    return label === 1 ? 1 : -1
  })
}

/** Copies checked features into rows z_i = signs_i a_i of a dataset. */
export function prepare(features: Matrix | CSR, signs: Float64Array, intercept: boolean): Dataset {
  let unit = 1
  let rows = rowsOf(features, signs, intercept)
  let square = largest(rows.squares)
  if (!(square > 1e-40 && square < 1e40)) {
    const values = isSparse(features) ? features.values : features.data
    const peak = peakOf(values, 0, values.length, intercept)
    if (!(peak >= 1e-300 && peak <= 1e300)) refuse('features', 'of largest entry between 1e-300 and 1e300', show(peak))
    unit = powerBelow(peak)
    rows = rowsOf(
      features,
      signs.map((sign) => sign / unit),
      intercept,
    )
    square = largest(rows.squares)
  }
  const short = rows.squares.findIndex((v) => !(v > 1e-300 * square))
  if (short >= 0) refuse(`features[${short}]`, 'a row of norm above 1e-150 of the largest', 'less')
  return new Dataset(rows, unit, Math.sqrt(square), intercept)
}

const largest = (values: Float64Array) => values.reduce((most, v) => Math.max(most, v), 0)

/** Numbers that fit into a memory of 4 GiB, with their column indices if they are sparse. */
const LARGEST = 300_000_000

/**
 * Copies checked features into rows factors_i a_i, with the constant feature 1 as last entry of a_i
 * on demand.
 */
export function rowsOf(features: Matrix | CSR, factors: Float64Array, intercept: boolean): Rows {
  const [n, d] = sizeOf(features)
  const entries = isSparse(features) ? features.values.length + n : n * (d + 1)
  if (!(entries + 2 * (n + d) < LARGEST)) refuse('features', `of at most ${LARGEST} entries`, `${n} rows of ${d}`)
  return isSparse(features) ? sparse(features, factors, intercept) : dense(features, factors, intercept)
}

function dense({ data, shape }: Matrix, factors: Float64Array, intercept: boolean): Rows {
  const [n, columns] = shape
  return denseRows(n, columns + (intercept ? 1 : 0), (Z, squares) => {
    const rows = Z.data
    for (let i = 0; i < n; i++) {
      const factor = factors[i]
      const [from, to] = [i * columns, i * Z.stride]
      let square = intercept ? factor * factor : 0
      for (let j = 0; j < columns; j++) {
        const value = factor * data[from + j]
        rows[to + j] = value
        square += value * value
      }
      if (intercept) rows[to + columns] = factor
      squares[i] = square
    }
  })
}

function sparse({ rows: n, columns, indptr, indices, values }: CSR, factors: Float64Array, intercept: boolean): Rows {
  const extra = intercept ? 1 : 0
  return sparseRows(n, columns + extra, values.length + extra * n, (Z, squares) => {
    for (let i = 0, o = 0; i < n; i++) {
      const factor = factors[i]
      let square = intercept ? factor * factor : 0
      for (let k = indptr[i]; k < indptr[i + 1]; k++, o++) {
        Z.indices[o] = indices[k]
        Z.values[o] = factor * values[k]
        square += Z.values[o] * Z.values[o]
      }
      if (intercept) {
        Z.indices[o] = columns
        Z.values[o++] = factor
      }
      Z.indptr[i + 1] = o
      squares[i] = square
    }
  })
}

/** The largest |value| from place `from` to before `to`, at least that of the constant feature. */
export function peakOf(values: Float64Array, from: number, to: number, intercept: boolean): number {
  let peak = intercept ? 1 : 0
  for (let k = from; k < to; k++) {
    const value = Math.abs(values[k])
    if (value > peak) peak = value
  }
  return peak
}

/** The largest power of two that is at most x > 0, but between 1e-301 and 1e301; 1 for 0. */
export function powerBelow(x: number): number {
  if (x === 0) return 1
  let power = 1
  while (power > x && power > 1e-301) power /= 2
  while (power <= x / 2 && power < 1e301) power *= 2
  return power
}
