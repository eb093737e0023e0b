import { calling, number, options as optionsOf, refuse, show } from '@opt/core'
import type { DenseNetwork, Inputs, Targets } from '@opt/nn'
import type { Batch, Client } from './client.ts'

/** Options of {@link networkClient}. */
export interface NetworkClientOptions {
  /** How many equal records each row stands for. Default 1. */
  counts?: ArrayLike<number> | undefined
}

/** Rows of a table of records. */
interface Rows {
  inputs: Float64Array
  targets: Float64Array
  /** How many records each row stands for. */
  counts: Float64Array
  n: number
}

/**
 * Makes a client of a network of @opt/nn and records. The parameters are those of the network, in its order; the network
 * itself is not changed. Norms of single gradients, and of their differences, are computed in closed form: no gradient of
 * a single record is ever formed, and differences keep their digits however small the step is.
 *
 * @param network without batch normalization, which ties records together, and without noise in training.
 * @param inputs one record per row.
 * @param targets class labels or rows of outputs.
 * @throws TypeError or RangeError, here and now, for networks or records that are not as they should be.
 */
export function networkClient(
  network: DenseNetwork,
  inputs: Inputs,
  targets: Targets,
  options?: NetworkClientOptions,
): Client {
  return calling('networkClient', () => {
    if (typeof network?.perExampleGradientDifferenceNorms !== 'function')
      refuse('network', 'a network of @opt/nn', show(network), 'type')
    const { statistics, noise } = network.state()
    if (statistics.length > 0) refuse('network', 'without batch normalization', 'one with it')
    if (noise) refuse('network', 'without noise in training', 'one with it')
    const { counts } = optionsOf(options, 'options', ['counts'])
    const net = network.clone({ dtype: 'float64' })
    const table = net.examples(inputs, targets)
    return new NetworkClient(net, {
      inputs: table.inputs as Float64Array,
      targets: table.targets as Float64Array,
      counts: readCounts(counts, table.count),
      n: table.count,
    })
  })
}

function readCounts(given: ArrayLike<number> | undefined, n: number): Float64Array {
  if (given === undefined) return new Float64Array(n).fill(1)
  if (typeof given !== 'object' || given === null || given.length !== n)
    refuse('options.counts', `an array of length ${n}`, show(given), 'type')
  return Float64Array.from(given, (count, i) => number(count, `options.counts[${i}]`, { integer: true, min: 1 }))
}

/** Returns the row of each record. */
function rowOfEach(counts: Float64Array, total: number): Int32Array {
  const rowOf = new Int32Array(total)
  for (let i = 0, at = 0; i < counts.length; at += counts[i++]) rowOf.fill(i, at, at + counts[i])
  return rowOf
}

class NetworkClient implements Client {
  readonly #net: DenseNetwork
  readonly #rows: Rows
  #norms = new Float64Array(0)
  #weights = new Float64Array(0)
  #rowOf: Int32Array | null = null
  readonly count: number
  readonly size: number

  constructor(net: DenseNetwork, rows: Rows) {
    this.#net = net
    this.#rows = rows
    this.count = rows.counts.reduce((sum, count) => sum + count, 0)
    this.size = net.parameters.length
  }

  clippedMean(x: Float64Array, c: number, out: Float64Array): void {
    this.#mean(this.#rows, this.count, x, null, c, out)
  }

  clippedDifference(x: Float64Array, previous: Float64Array, c: number, out: Float64Array, batch?: Batch): void {
    const rows = batch ? this.#choose(batch.indices) : this.#rows
    this.#mean(rows, batch?.size ?? this.count, x, previous, c, out)
  }

  /** Writes the sum of w_i (g_i(x) - g_i(previous)) / divisor, with weights w_i = min(1, c / norm_i). */
  #mean(
    rows: Rows,
    divisor: number,
    x: Float64Array,
    previous: Float64Array | null,
    c: number,
    out: Float64Array,
  ): void {
    out.fill(0)
    if (rows.n > this.#norms.length) {
      this.#norms = new Float64Array(rows.n)
      this.#weights = new Float64Array(rows.n)
    }
    if (rows.n === 0) return
    const finite = this.#clip(rows, x, previous, c)
    // Activations of a record that overflows are not finite: a weight of 0 would not take it out.
    const kept = finite < rows.n ? this.#keep(rows) : rows
    if (kept.n === 0) return
    this.#addGradient(kept, x, kept.n / divisor, out)
    if (previous) this.#addGradient(kept, previous, -kept.n / divisor, out)
  }

  /** Computes the weights of rows, those without a finite norm being 0; returns how many have one. */
  #clip(rows: Rows, x: Float64Array, previous: Float64Array | null, c: number): number {
    this.#computeNorms(rows, 0, rows.n, x, previous)
    let finite = 0
    for (let i = 0; i < rows.n; i++) {
      const norm = this.#norms[i]
      const known = norm < Infinity
      if (known) finite++
      this.#weights[i] = known ? rows.counts[i] * (norm > c ? c / norm : 1) : 0
    }
    return finite
  }

  /** Writes the norms of rows; where the network refuses some, of each by itself, NaN for the refused. */
  #computeNorms(rows: Rows, start: number, end: number, x: Float64Array, previous: Float64Array | null): void {
    const net = this.#net
    const [columns, outputs] = [net.sizes[0], net.sizes[net.sizes.length - 1]]
    const inputs = rows.inputs.subarray(start * columns, end * columns)
    const targets = rows.targets.subarray(start * outputs, end * outputs)
    const out = this.#norms.subarray(start, end)
    net.parameters.set(x)
    try {
      if (previous) net.perExampleGradientDifferenceNorms(inputs, targets, previous, { out })
      else net.perExampleGradientNorms(inputs, targets, { out })
    } catch {
      if (end - start === 1) out.fill(Number.NaN)
      else for (let i = start; i < end; i++) this.#computeNorms(rows, i, i + 1, x, previous)
    }
  }

  /** Adds scale times the weighted mean gradient at x. */
  #addGradient(rows: Rows, x: Float64Array, scale: number, out: Float64Array): void {
    const net = this.#net
    net.parameters.set(x)
    net.lossAndGradient(rows.inputs, rows.targets, { weights: this.#weights.subarray(0, rows.n) })
    const { gradients } = net
    for (let j = 0; j < out.length; j++) out[j] += scale * gradients[j]
  }

  /** Returns copies of the rows whose weights are not 0, with the weights moved together. */
  #keep(rows: Rows): Rows {
    const kept = Array.from(rows.counts.keys()).filter((i) => this.#weights[i] > 0)
    kept.forEach((i, k) => {
      this.#weights[k] = this.#weights[i]
    })
    return this.#copyRows(rows, kept)
  }

  /** Returns the rows of records. */
  #choose(indices: ArrayLike<number>): Rows {
    const { counts, n } = this.#rows
    if (this.count === n) return this.#copyRows(this.#rows, indices)
    this.#rowOf ??= rowOfEach(counts, this.count)
    const rowOf = this.#rowOf
    const rows = this.#copyRows(
      this.#rows,
      Array.from(indices, (k) => rowOf[k]),
    )
    rows.counts.fill(1)
    return rows
  }

  #copyRows(rows: Rows, indices: ArrayLike<number>): Rows {
    const { sizes } = this.#net
    const [columns, outputs] = [sizes[0], sizes[sizes.length - 1]]
    const n = indices.length
    const copy = {
      inputs: new Float64Array(n * columns),
      targets: new Float64Array(n * outputs),
      counts: new Float64Array(n),
      n,
    }
    for (let k = 0; k < n; k++) {
      const i = indices[k]
      copy.inputs.set(rows.inputs.subarray(i * columns, (i + 1) * columns), k * columns)
      copy.targets.set(rows.targets.subarray(i * outputs, (i + 1) * outputs), k * outputs)
      copy.counts[k] = rows.counts[i]
    }
    return copy
  }
}
