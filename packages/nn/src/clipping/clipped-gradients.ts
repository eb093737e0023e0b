import { calling, number, options as optionsOf, refuse, show } from '@opt/core'
import type { Examples } from '../data/examples.ts'
import { checkReal, checkVector, type Inputs, type Targets } from '../data/intake.ts'
import type { DenseNetwork } from '../network/network.ts'
import { StoredNetwork } from '../network/stored-network.ts'
import type { Real } from '../real.ts'
import { chosenBlock, setColumn } from './blocks.ts'
import { computeFactors } from './factors.ts'
import { type Block, type ClippingMemory, clippingMemory, type Factors } from './memory.ts'
import { addClippedDifferences, addClippedGradients } from './sums.ts'

/** Options of {@link clippedGradients}. */
export interface ClippedGradientsOptions {
  /** One nonnegative number per example: how often it counts. Default 1. */
  counts?: ArrayLike<number> | undefined
}

/** Options of {@link ClippedGradients.mean}. */
export interface ClippedMeanOptions {
  /** Other parameters: what is clipped is the difference of an example's gradients at the network's and at these. */
  minus?: ArrayLike<number> | undefined
  /** The examples, by their numbers from 0, instead of all; each counts once, and as often as it occurs. May be empty. */
  indices?: ArrayLike<number> | undefined
  /** What the sum is divided by. Default the sum of the counts. */
  divisor?: number | undefined
  /** The array to write to. */
  out?: Real | undefined
}

/** Means of clipped gradients of single examples; made by {@link clippedGradients}. */
export interface ClippedGradients {
  /** The sum of the counts. */
  readonly total: number
  /**
   * Returns the mean over the examples of min(1, clip / |g_i|) g_i, where g_i is the gradient of the example's own loss in
   * all parameters, or with `minus` its difference to that at other parameters. An example whose squared norm is not finite
   * adds nothing.
   *
   * Activations and derivatives are kept for the next call: a difference to the parameters of the last call with all
   * examples takes one pass, to others two, with the same bits.
   *
   * @param clip at least 0.
   * @throws TypeError or RangeError for anything else; nothing is written then.
   */
  mean(clip: number, options?: ClippedMeanOptions): Real
}

/**
 * Prepares examples for means of clipped gradients at the changing parameters of a network, in float64. Norms are in closed
 * form, so that no gradient of a single example is formed, and differences keep their digits however close the parameters
 * are.
 *
 * @param network without batch normalization and without noise in training. Its parameters are read at each call; it is
 *   not changed.
 * @throws TypeError or RangeError for anything else.
 */
export function clippedGradients(
  network: DenseNetwork,
  inputs: Inputs,
  targets: Targets,
  options?: ClippedGradientsOptions,
): ClippedGradients {
  return calling('clippedGradients', () => {
    if (typeof network?.perExampleGradientNorms !== 'function') refuse('network', 'a network', show(network), 'type')
    const { net, run } = StoredNetwork.internals(network)
    if (net.architecture.batchNorm) refuse('network', 'without batch normalization', 'one with it')
    if (run.noisy) refuse('network', 'without noise, or with training false', 'one with noise')
    const { counts } = optionsOf(options, 'options', ['counts'])
    const examples = run.examples(run.given(inputs, targets))
    if (counts !== undefined) checkVector(counts, examples.count, 'options.counts')
    const memory = clippingMemory(net, examples.count)
    return new KeptGradients(network, memory, examples, counts)
  })
}

class KeptGradients implements ClippedGradients {
  readonly total: number
  readonly #network: DenseNetwork
  readonly #memory: ClippingMemory
  readonly #count: number
  /** The parameters whose factors are kept. */
  readonly #keptAt: Float64Array
  #keeps = false

  constructor(network: DenseNetwork, memory: ClippingMemory, examples: Examples, counts?: ArrayLike<number>) {
    this.#network = network
    this.#memory = memory
    this.#count = examples.count
    this.#keptAt = new Float64Array(network.parameters.length)
    const { blocks, columns } = memory
    let total = 0
    for (let i = 0; i < this.#count; i++) {
      const times = counts ? number(counts[i], `options.counts[${i}]`, { nonnegative: true }) : 1
      setColumn(memory, blocks[Math.floor(i / columns)], i % columns, times, examples.inputs, examples.targets, i)
      total += times
    }
    this.total = total
  }

  mean(clip: number, options?: ClippedMeanOptions): Real {
    return calling('mean', () => {
      number(clip, 'clip', { nonnegative: true })
      const given = optionsOf(options, 'options', ['minus', 'indices', 'divisor', 'out'])
      const { minus, indices, divisor, out } = given
      const { parameters, dtype } = this.#network
      if (out !== undefined) checkReal(out, parameters.length, 'options.out')
      if (minus !== undefined) checkVector(minus, parameters.length, 'options.minus', dtype)
      if (indices !== undefined) this.#checkIndices(indices)
      const total = indices ? indices.length : this.total
      if (divisor !== undefined) number(divisor, 'options.divisor', { positive: true })
      else if (!(total > 0)) refuse('options.divisor', 'given where no example counts', 'none')
      const sum = this.#sum(clip, minus, indices)
      const result = out ?? new Float64Array(sum.length)
      for (let j = 0; j < result.length; j++) result[j] = sum[j] / (divisor ?? total)
      return result
    })
  }

  #checkIndices(indices: ArrayLike<number>): void {
    const rule = { integer: true, min: 0, max: this.#count - 1 }
    const length = indices?.length
    if (!(Number.isInteger(length) && length >= 0)) refuse('options.indices', 'an array', show(indices), 'type')
    for (let k = 0; k < length; k++) number(indices[k], `options.indices[${k}]`, rule)
  }

  /** Returns the sum over the examples: a view. */
  #sum(clip: number, minus: ArrayLike<number> | undefined, indices: ArrayLike<number> | undefined): Float64Array {
    const memory = this.#memory
    const { parameters, gradients, kept, spare, blocks } = memory
    const knows = this.#keeps && minus !== undefined && same(this.#keptAt, minus)
    parameters.flat.set(this.#network.parameters)
    if (minus) memory.minus.flat.set(minus)
    gradients.flat.fill(0)
    if (indices) {
      for (let start = 0; start < indices.length; start += memory.columns)
        this.#add(clip, chosenBlock(memory, indices, start), spare, { minus, knows: false })
      return gradients.flat
    }
    this.#keeps = false
    for (const [b, block] of blocks.entries()) {
      if (kept.length === 0) {
        this.#add(clip, block, spare, { minus, knows: false })
        continue
      }
      this.#add(clip, block, [spare[0], kept[b]], { minus, knows })
      ;[kept[b], spare[0]] = [spare[0], kept[b]]
    }
    if (kept.length > 0) {
      this.#keptAt.set(parameters.flat)
      this.#keeps = true
    }
    return gradients.flat
  }

  /** Adds a block's examples; the factors `others`, at the other parameters, may be known already. */
  #add(
    clip: number,
    block: Block,
    [own, others]: [Factors, Factors],
    { minus, knows }: { minus: unknown; knows: boolean },
  ): void {
    const memory = this.#memory
    computeFactors(memory, memory.parameters, block, own)
    if (!minus) {
      addClippedGradients(memory, block, own, clip)
      return
    }
    if (!knows) computeFactors(memory, memory.minus, block, others)
    addClippedDifferences(memory, block, own, others, clip)
  }
}

/** Whether two arrays have the same bits, but for NaN's. */
function same(a: Float64Array, b: ArrayLike<number>): boolean {
  for (let j = 0; j < a.length; j++) if (!Object.is(a[j], b[j])) return false
  return true
}
