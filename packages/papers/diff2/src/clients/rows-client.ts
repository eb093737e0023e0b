import { allFinite, callback, calling, nrm2, number, options as optionsOf } from '@opt/core'
import type { Batch, Client } from './client.ts'

/** The gradients of a client's records, as a function. */
export interface RowsOptions {
  /** d, the number of parameters. */
  size: number
  /** n, the number of records. */
  count: number
  /**
   * Writes the gradients, at x, of the losses of `count` records from number `start` on: row i of `out`, of d numbers, is
   * that of record start + i. `out` comes filled with 0.
   */
  gradients(x: Float64Array, start: number, count: number, out: Float64Array): void
}

/** Below this, products with a clip would lose digits, and the mean could be longer than it. */
const SMALLEST = 1e-290

/** Numbers that a block of rows has at most. */
const BLOCK = 32768

/**
 * Makes a client of any function that gives the gradients of single records.
 *
 * Here, before any training, `gradients` is called for the first record at x = 0: an error that it throws is passed on, so
 * that mistakes show. Later a record for which it throws, or whose gradient is not finite, adds nothing to a message.
 *
 * @throws TypeError or RangeError for wrong options.
 */
export function rowsClient(options: RowsOptions): Client {
  const { size, count, gradients } = calling('rowsClient', () => {
    const given = optionsOf(options, 'options', ['size', 'count', 'gradients'])
    number(given.size, 'options.size', { integer: true, min: 1, max: 2147483647 })
    number(given.count, 'options.count', { integer: true, min: 1, max: 2147483647 })
    callback(given.gradients, 'options.gradients')
    return given
  })
  const most = Math.min(count, Math.max(1, Math.floor(BLOCK / size)))
  const [rows, others] = [new Float64Array(most * size), new Float64Array(most * size)]
  gradients(new Float64Array(size), 0, 1, rows.subarray(0, size))

  /** Writes rows of gradients; one that cannot be computed becomes NaN. */
  function compute(x: Float64Array, start: number, n: number, out: Float64Array): void {
    const part = out.subarray(0, n * size).fill(0)
    try {
      gradients(x, start, n, part)
    } catch {
      if (n === 1) part.fill(Number.NaN)
      else for (let i = 0; i < n; i++) compute(x, start + i, 1, out.subarray(i * size))
    }
  }

  /** Adds the clipped rows of n records to the sum. */
  function add(x: Float64Array, previous: Float64Array | null, start: number, n: number, c: number, sum: Float64Array) {
    compute(x, start, n, rows)
    if (previous) {
      compute(previous, start, n, others)
      for (let k = 0; k < n * size; k++) rows[k] -= others[k]
    }
    for (let i = 0; i < n; i++) {
      const row = rows.subarray(i * size, (i + 1) * size)
      if (!allFinite(row)) continue
      const norm = nrm2(row)
      if (!(norm < Infinity)) continue
      const factor = norm > c ? c / norm : 1
      for (let j = 0; j < size; j++) sum[j] += factor * row[j]
    }
  }

  function mean(x: Float64Array, previous: Float64Array | null, c: number, out: Float64Array, batch?: Batch): void {
    out.fill(0)
    if (c < SMALLEST) return
    if (batch) for (let k = 0; k < batch.indices.length; k++) add(x, previous, batch.indices[k], 1, c, out)
    else
      for (let start = 0; start < count; start += most) add(x, previous, start, Math.min(most, count - start), c, out)
    const divisor = batch?.size ?? count
    for (let j = 0; j < size; j++) out[j] /= divisor
  }

  return {
    count,
    size,
    clippedMean: (x, c, out) => mean(x, null, c, out),
    clippedDifference: (x, previous, c, out, batch) => mean(x, previous, c, out, batch),
  }
}
