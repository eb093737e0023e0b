import { calling, number, options as optionsOf, refuse, show } from '@opt/core'
import { clippedGradient, type DenseNetwork, type Inputs, type Targets } from '@opt/nn'
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
    })
  })
}

function readCounts(given: ArrayLike<number> | undefined, n: number): Float64Array {
  if (given === undefined) return new Float64Array(n).fill(1)
  if (typeof given !== 'object' || given === null || given.length !== n)
    refuse('options.counts', `an array of length ${n}`, show(given), 'type')
  return Float64Array.from(given, (count, i) => number(count, `options.counts[${i}]`, { integer: true, min: 1 }))
}

/** Below this, squares of clips would underflow, and gradients could pass that are longer. */
const SMALLEST = 1e-60

class NetworkClient implements Client {
  readonly #net: DenseNetwork
  readonly #rows: Rows
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
    this.#mean(this.#rows, x, c, { out, divisor: this.count })
  }

  clippedDifference(x: Float64Array, previous: Float64Array, c: number, out: Float64Array, batch?: Batch): void {
    const rows = batch ? this.#choose(batch.indices) : this.#rows
    this.#mean(rows, x, c, { minus: previous, out, divisor: batch?.size ?? this.count })
  }

  #mean({ inputs, targets, counts }: Rows, x: Float64Array, c: number, options: MeanOptions): void {
    if (c < SMALLEST || counts.length === 0) {
      options.out.fill(0)
      return
    }
    this.#net.parameters.set(x)
    clippedGradient(this.#net, inputs, targets, c, { ...options, counts })
  }

  /** Returns the rows of some records. */
  #choose(records: ArrayLike<number>): Rows {
    const { inputs, targets, counts } = this.#rows
    const { sizes } = this.#net
    const [columns, outputs] = [sizes[0], sizes[sizes.length - 1]]
    const n = records.length
    const chosen = {
      inputs: new Float64Array(n * columns),
      targets: new Float64Array(n * outputs),
      counts: new Float64Array(n).fill(1),
    }
    this.#rowOf ??= rowOfEach(counts, this.count)
    for (let k = 0; k < n; k++) {
      const i = this.#rowOf[records[k]]
      chosen.inputs.set(inputs.subarray(i * columns, (i + 1) * columns), k * columns)
      chosen.targets.set(targets.subarray(i * outputs, (i + 1) * outputs), k * outputs)
    }
    return chosen
  }
}

interface MeanOptions {
  minus?: Float64Array
  out: Float64Array
  divisor: number
}

/** Returns the row of each record. */
function rowOfEach(counts: Float64Array, total: number): Int32Array {
  const rowOf = new Int32Array(total)
  for (let i = 0, at = 0; i < counts.length; at += counts[i++]) rowOf.fill(i, at, at + counts[i])
  return rowOf
}
