import {
  allocate,
  calling,
  type KernelsOf,
  number,
  options as optionsOf,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import { subgmKernels } from '../kernels/kernels.ts'
import { type Loss, Measurements, type MeasurementTotals } from './measurements.ts'
import { checkRange, packedLength } from './packing.ts'

class SparseMeasurements extends Measurements {
  readonly #space: {
    starts: Int32Array
    columns: Int32Array
    values: Float64Array
    X: Float64Array
    y: Float64Array
    residuals: Float64Array
    direction: Float64Array
    weights: Float64Array
    kernels: KernelsOf<[typeof subgmKernels]>
  }
  readonly #totals: MeasurementTotals

  /** Row k holds the entries starts[k] to starts[k + 1] - 1; entry (i, j) with value A_ij. */
  constructor(size: number, starts: Int32Array, rows: Float64Array, columns: Float64Array, values: Float64Array) {
    super(size, starts.length - 1)
    const n = packedLength(size)
    const m = this.count
    this.#space = allocate([subgmKernels], (views) => ({
      starts: views.i32(m + 1),
      columns: views.i32(values.length),
      values: views.f64(values.length),
      X: views.f64(n),
      y: views.f64(m),
      residuals: views.f64(m),
      direction: views.f64(n),
      weights: views.f64(4),
    }))
    this.#space.starts.set(starts)
    this.#space.values.set(values)
    for (let k = 0; k < values.length; k++) {
      const [i, j] = rows[k] <= columns[k] ? [rows[k], columns[k]] : [columns[k], rows[k]]
      this.#space.columns[k] = i * size - packedLength(i) + j
    }
    this.#totals = this.#addUp(rows, columns)
  }

  /** Entries that fall on the same place of the triangle add up. */
  #addUp(rows: Float64Array, columns: Float64Array): MeasurementTotals {
    const { starts, columns: places, values, direction: sums } = this.#space
    let [squaredNorm, nonzeros] = [0, 0]
    for (let k = 0; k < this.count; k++) {
      for (let e = starts[k]; e < starts[k + 1]; e++) sums[places[e]] += values[e]
      for (let e = starts[k]; e < starts[k + 1]; e++) {
        const value = sums[places[e]]
        if (value === 0) continue
        squaredNorm += rows[e] === columns[e] ? value * value : (value * value) / 2
        nonzeros++
        sums[places[e]] = 0
      }
    }
    return { squaredNorm, nonzeros }
  }

  pass(X: Float64Array, y: Float64Array, loss: Loss, residuals: Float64Array, direction: Float64Array): void {
    const own = this.#space
    own.X.set(X)
    own.y.set(y)
    own.direction.fill(0)
    // biome-ignore format: sizes, inputs, outputs
    own.kernels.passSparse(
      this.count, own.starts, own.columns, own.values, own.X, own.y,
      loss === 'l2' ? 1 : 0, own.residuals, own.direction, own.weights,
    )
    residuals.set(own.residuals)
    direction.set(own.direction)
  }

  totals(): MeasurementTotals {
    return this.#totals
  }
}

/** Sparse measurement matrices in compressed rows, one for each measurement. */
export interface SparseInput {
  /** d. */
  size: number
  /** m + 1 numbers from 0 on, ascending: measurement k has the entries starts[k] to starts[k + 1] - 1. */
  starts: VectorLike
  /** Row of each entry in its matrix, from 0. */
  rows: VectorLike
  /** Column of each entry in its matrix, from 0. */
  columns: VectorLike
  /** The entries; several at the same place add up. */
  values: VectorLike
}

/**
 * Makes measurements of sparse matrices A_k, whose passes cost as much as they have entries.
 *
 * @throws TypeError or RangeError when the arrays do not describe m >= 1 matrices, or the largest entry is neither 0 nor
 * between 1e-70 and 1e70.
 */
export function sparseMeasurements(input: SparseInput): Measurements {
  return calling('sparseMeasurements', () => {
    const { size, ...given } = optionsOf(input, 'input', ['size', 'starts', 'rows', 'columns', 'values'])
    number(size, 'size', { integer: true, min: 1, max: 46340 })
    const values = vector(given.values, 'values')
    checkRange(values, 'values')
    const starts = indices(given.starts, 'starts', values.length)
    if (starts.length < 2) refuse('starts', 'of at least 2 numbers', `length ${starts.length}`)
    for (let k = 0; k < starts.length; k++) {
      const [least, most] = [k === 0 ? 0 : starts[k - 1], k === 0 ? 0 : values.length]
      if (starts[k] < least || starts[k] > most) refuse(`starts[${k}]`, `between ${least} and ${most}`, show(starts[k]))
    }
    const last = starts.length - 1
    if (starts[last] !== values.length)
      refuse(`starts[${last}]`, `${values.length}, the number of values`, show(starts[last]))
    const rows = indices(given.rows, 'rows', size - 1, values.length)
    const columns = indices(given.columns, 'columns', size - 1, values.length)
    return new SparseMeasurements(size, Int32Array.from(starts), rows, columns, values)
  })
}

/** Places of a d x d matrix. */
export interface EntryInput {
  /** d. */
  size: number
  /** m row indices, from 0. */
  rows: VectorLike
  /** m column indices, from 0. */
  columns: VectorLike
}

/**
 * Measures single entries X_ij, as in matrix completion. Both halves of X are the same: (i, j) and (j, i) measure the
 * same number.
 *
 * @throws TypeError or RangeError when an index is not an integer between 0 and size - 1, or the lengths differ.
 */
export function entryMeasurements(input: EntryInput): Measurements {
  return calling('entryMeasurements', () => {
    const { size, ...given } = optionsOf(input, 'input', ['size', 'rows', 'columns'])
    number(size, 'size', { integer: true, min: 1, max: 46340 })
    const rows = indices(given.rows, 'rows', size - 1)
    const columns = indices(given.columns, 'columns', size - 1, rows.length)
    const m = rows.length
    const starts = Int32Array.from({ length: m + 1 }, (_, k) => k)
    return new SparseMeasurements(size, starts, rows, columns, new Float64Array(m).fill(1))
  })
}

function indices(x: VectorLike, label: string, max: number, length?: number): Float64Array {
  const values = vector(x, label, { length })
  for (let k = 0; k < values.length; k++) number(values[k], `${label}[${k}]`, { integer: true, min: 0, max })
  return values
}
