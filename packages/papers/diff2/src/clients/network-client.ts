import { calling, number, options as optionsOf, refuse, show } from '@opt/core'
import { type ClippedGradients, clippedGradients, type DenseNetwork, type Inputs, type Targets } from '@opt/nn'
import type { Batch, Client } from './client.ts'

/** Options of {@link networkClient}. */
export interface NetworkClientOptions {
  /** How many equal records each row stands for. Default 1. */
  counts?: ArrayLike<number> | undefined
}

/**
 * Makes a client of a network of @opt/nn and records. The parameters are those of the network, in its order; the network
 * itself is not changed. Norms of single gradients, and of their differences, are computed in closed form: no gradient of
 * a single record is ever formed, and differences keep their digits however small the step is.
 *
 * What the last round computed of each record stays with the client, up to 128 MB: a difference then takes one pass
 * instead of two.
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
    const { counts: given } = optionsOf(options, 'options', ['counts'])
    const net = network.clone({ dtype: 'float64' })
    const table = net.examples(inputs, targets)
    const counts = readCounts(given, table.count)
    return new NetworkClient(net, clippedGradients(net, table.inputs, table.targets, { counts }), counts)
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
  readonly #gradients: ClippedGradients
  readonly #counts: Float64Array
  #rowOf: Int32Array | null = null
  readonly count: number
  readonly size: number

  constructor(net: DenseNetwork, gradients: ClippedGradients, counts: Float64Array) {
    this.#net = net
    this.#gradients = gradients
    this.#counts = counts
    this.count = gradients.total
    this.size = net.parameters.length
  }

  clippedMean(x: Float64Array, c: number, out: Float64Array): void {
    this.#mean(x, c, { out })
  }

  clippedDifference(x: Float64Array, previous: Float64Array, c: number, out: Float64Array, batch?: Batch): void {
    const chosen = batch && { indices: this.#rowsOf(batch.indices), divisor: batch.size }
    this.#mean(x, c, { minus: previous, out, ...chosen })
  }

  #mean(x: Float64Array, c: number, options: Parameters<ClippedGradients['mean']>[1] & { out: Float64Array }): void {
    if (c < SMALLEST) {
      options.out.fill(0)
      return
    }
    this.#net.parameters.set(x)
    this.#gradients.mean(c, options)
  }

  /** Returns the rows of some records. */
  #rowsOf(records: ArrayLike<number>): Int32Array {
    this.#rowOf ??= rowOfEach(this.#counts, this.count)
    return Int32Array.from(records, (record) => this.#rowOf![record])
  }
}

/** Returns the row of each record. */
function rowOfEach(counts: Float64Array, total: number): Int32Array {
  const rowOf = new Int32Array(total)
  for (let i = 0, at = 0; i < counts.length; at += counts[i++]) rowOf.fill(i, at, at + counts[i])
  return rowOf
}
