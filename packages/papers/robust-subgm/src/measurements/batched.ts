import { callback, calling, number, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'
import { DenseMeasurements } from './dense.ts'
import { type DenseInput, readDense } from './dense-input.ts'
import { type Loss, Measurements, type MeasurementTotals } from './measurements.ts'
import { packedLength } from './packing.ts'

/** What a batch is given as: {@link Measurements}, or dense matrices as {@link denseMeasurements} takes them. */
export type Batch = Measurements | DenseInput

/** Measurements that do not fit in memory. */
export interface BatchedInput {
  /** d. */
  size: number
  /** How many measurements each batch has. */
  counts: VectorLike
  /** Returns batch k, from 0; called for every batch in every pass. */
  batch: (k: number) => Batch
}

class BatchedMeasurements extends Measurements {
  readonly #counts: Float64Array
  readonly #batch: (k: number) => Batch
  #dense: DenseMeasurements | undefined
  readonly #part: Float64Array

  constructor(size: number, counts: Float64Array, batch: (k: number) => Batch) {
    super(
      size,
      counts.reduce((sum, count) => sum + count, 0),
    )
    this.#counts = counts
    this.#batch = batch
    this.#part = new Float64Array(packedLength(size))
  }

  pass(X: Float64Array, y: Float64Array, loss: Loss, residuals: Float64Array, direction: Float64Array): void {
    const part = this.#part
    direction.fill(0)
    this.#each((batch, first, last) => {
      const [values, out] = [y.subarray(first, last), residuals.subarray(first, last)]
      if (batch instanceof DenseMeasurements) batch.passRows(last - first, X, values, loss, out, part)
      else batch.pass(X, values, loss, out, part)
      for (let i = 0; i < part.length; i++) direction[i] += part[i]
    })
  }

  totals(): MeasurementTotals {
    const sum = { squaredNorm: 0, nonzeros: 0 }
    this.#each((batch, first, last) => {
      const { squaredNorm, nonzeros } =
        batch instanceof DenseMeasurements ? batch.totalsOf(last - first) : batch.totals()
      sum.squaredNorm += squaredNorm
      sum.nonzeros += nonzeros
    })
    return sum
  }

  #each(visit: (batch: Measurements, first: number, last: number) => void): void {
    let first = 0
    this.#counts.forEach((count, k) => {
      visit(this.#load(k, count), first, first + count)
      first += count
    })
  }

  /** Batch k; matrices are packed into the same memory each time. */
  #load(k: number, count: number): Measurements {
    const label = `batch(${k})`
    const batch = this.#batch(k)
    const source = batch instanceof Measurements ? batch : readDense(batch, this.size, label)
    if (source.size !== this.size) refuse(label, `of size ${this.size}`, `size ${source.size}`)
    if (source.count !== count) refuse(label, `of ${count} measurements`, `${source.count}`)
    if (source instanceof Measurements) return source
    const most = this.#counts.reduce((a, b) => Math.max(a, b), 0)
    this.#dense ??= new DenseMeasurements(this.size, most)
    source.fill(this.#dense)
    return this.#dense
  }
}

/**
 * Makes measurements of a function that returns them batch by batch: read from a file, or drawn again from a seed. Only
 * one batch is in memory at a time. Each pass, so each iteration, asks for every batch once.
 *
 * @throws TypeError or RangeError when a count is not a positive integer; a pass throws when a batch is not of the size and
 * number given.
 */
export function batchedMeasurements(input: BatchedInput): Measurements {
  return calling('batchedMeasurements', () => {
    const { size, counts, batch } = optionsOf(input, 'input', ['size', 'counts', 'batch'])
    number(size, 'size', { integer: true, min: 1, max: 46340 })
    callback(batch, 'batch')
    const numbers = vector(counts, 'counts').slice()
    for (let k = 0; k < numbers.length; k++) {
      if (!(Number.isSafeInteger(numbers[k]) && numbers[k] > 0))
        refuse(`counts[${k}]`, 'a positive integer', show(numbers[k]))
    }
    return new BatchedMeasurements(size, numbers, batch)
  })
}
