import { refuse, show } from '@opt/core'
import { type Examples, gather } from '../data/examples.ts'
import {
  checkVector,
  flatRows,
  flatTargets,
  type Inputs,
  loadInputs,
  loadTargets,
  type Targets,
} from '../data/intake.ts'
import type { Buffers } from '../passes/buffers.ts'
import { forward } from '../passes/gradient.ts'
import { makePass, type Pass } from '../passes/pass.ts'
import { type Real, zeros } from '../real.ts'
import { BatchLoss } from './batch-loss.ts'

/** A caller's examples, flat: rows of inputs, labels or rows of targets, and the weights of their losses. */
export interface GivenExamples {
  readonly inputs: ArrayLike<number>
  readonly targets: ArrayLike<number> | null
  readonly weights?: ArrayLike<number> | undefined
  readonly count: number
  /** The examples are those at these indices of the arrays, which are in the network's own form. Default: all. */
  readonly chosen?: { readonly from: Examples; readonly indices: ArrayLike<number> } | undefined
}

/** Runs passes over a caller's examples, at most `batch` at a time. */
export class BatchRunner {
  readonly net: Buffers
  readonly loss: BatchLoss
  /** Whether batch normalization uses the statistics of the batch where it may. */
  training = true
  #pass: Pass
  #moving: Pass | null = null

  constructor(net: Buffers) {
    this.net = net
    this.loss = new BatchLoss(net)
    this.#pass = makePass(net, 0)
  }

  /** The last forward pass. */
  get pass(): Pass {
    return this.#pass
  }

  /** The outputs of the last forward pass: a view. */
  get outputs(): Real {
    const { n, last } = this.#pass
    return last.s.subarray(0, n * this.net.outputCount)
  }

  /** Returns a caller's inputs, flat. */
  givenInputs(inputs: Inputs): GivenExamples {
    const rows = flatRows(inputs, this.net.inputCount, 'inputs')
    return { inputs: rows, targets: null, count: rows.length / this.net.inputCount }
  }

  /** Returns a caller's examples, flat. */
  given(inputs: Inputs, targets: Targets, weights?: ArrayLike<number>): GivenExamples {
    const { inputs: rows, count } = this.givenInputs(inputs)
    const flat = flatTargets(targets, count, this.net.outputCount)
    if (weights !== undefined) checkVector(weights, count, 'weights')
    return { inputs: rows, targets: flat, weights, count }
  }

  /** Returns the examples at `indices` of a data set. */
  chosen(from: Examples, indices: ArrayLike<number>): GivenExamples {
    const count = indices?.length
    if (typeof count !== 'number') refuse('indices', 'an array', show(indices), 'type')
    if (!(count > 0)) refuse('indices', 'nonempty', `length ${count}`)
    const { inputs, targets, weights } = from
    return { inputs, targets, weights, count, chosen: { from, indices } }
  }

  /** Loads the examples batch by batch and visits each batch. */
  forEachBatch(examples: GivenExamples, visit: (start: number, n: number) => void): void {
    const { inputs, targets, weights, count, chosen } = examples
    this.loss.weighted = weights !== undefined
    for (let start = 0; start < count; start += this.net.batch) {
      const n = Math.min(this.net.batch, count - start)
      if (chosen) gather(this.net, chosen.from, chosen.indices, start, n)
      else {
        loadInputs(this.net, inputs, start, n)
        if (targets) loadTargets(this.net, targets, count, start, n)
      }
      if (weights)
        for (let i = 0; i < n; i++) this.loss.weights[i] = weights[chosen ? chosen.indices[start + i] : start + i]
      visit(start, n)
    }
  }

  /** Whether passes of the loss have noise. */
  get noisy(): boolean {
    return this.training && this.net.noise !== null
  }

  /** Visits each batch after a forward pass with running statistics and without noise. */
  forEachPredicted(examples: GivenExamples, visit: (start: number, pass: Pass) => void): void {
    this.forEachBatch(examples, (start, n) => {
      this.#forward(n, false, false)
      visit(start, this.#pass)
    })
  }

  /**
   * Visits each batch after a forward pass with running statistics. If there are targets, the last delta is the
   * derivative of each example's own loss, times `scale`. Returns the sum of losses.
   */
  forEachSeparately(examples: GivenExamples, visit: (start: number, pass: Pass) => void, scale = 1): number {
    let sum = 0
    this.#checkNoise(examples.count)
    this.forEachBatch(examples, (start, n) => {
      this.#forward(n, false, this.noisy)
      if (examples.targets) sum += this.loss.gradient(this.#pass, scale)
      visit(start, this.#pass)
    })
    return sum
  }

  /** Repeats the last pass of {@link forEachSeparately}, at other parameters. */
  repeatSeparately(): void {
    this.#forward(this.#pass.n, false, this.noisy)
    this.loss.gradient(this.#pass, 1)
  }

  /** Visits each batch after a forward pass as in the loss: in training with the statistics of the batch. */
  forEachAsInLoss(examples: GivenExamples, visit: (start: number, pass: Pass) => void): void {
    this.forEachBatch(examples, (start, n) => {
      this.#forwardOf(n, examples.count)
      visit(start, this.#pass)
    })
  }

  /**
   * Returns the mean loss. Visits each batch after a forward pass, with the derivative of the mean loss in the last
   * delta; `scale` is the weight of each example in the mean.
   */
  meanLoss(examples: GivenExamples, visit?: (pass: Pass, scale: number, start: number) => void): number {
    const { count } = examples
    let sum = 0
    this.forEachBatch(examples, (start, n) => {
      sum += this.#partOfMean(n, count)
      visit?.(this.#pass, 1 / count, start)
    })
    return sum / count
  }

  /** Checks and copies a data set, for {@link chosen}. */
  examples(given: GivenExamples): Examples {
    const { net } = this
    const { inputCount, outputCount } = net
    const { count } = given
    const inputs = zeros(count * inputCount, net.dtype)
    const targets = zeros(count * outputCount, net.dtype)
    this.forEachBatch(given, (start, n) => {
      inputs.set(net.inputs.subarray(0, n * inputCount), start * inputCount)
      targets.set(net.targets.subarray(0, n * outputCount), start * outputCount)
    })
    return given.weights
      ? { count, inputs, targets, weights: Float64Array.from(given.weights) }
      : { count, inputs, targets }
  }

  /** Returns the last forward pass with a tangent of the inputs. */
  get movingPass(): Pass {
    const { n, noisy } = this.#pass
    if (this.#moving?.n !== n || this.#moving.noisy !== noisy)
      this.#moving = makePass(this.net, n, { inputsMove: true, noisy })
    return this.#moving
  }

  #forward(n: number, ofBatch: boolean, noisy: boolean): void {
    if (this.#pass.n !== n || this.#pass.noisy !== noisy) this.#pass = makePass(this.net, n, { noisy })
    forward(this.#pass, ofBatch)
  }

  #partOfMean(n: number, count: number): number {
    this.#forwardOf(n, count)
    return this.loss.gradient(this.#pass, 1 / count)
  }

  /** Runs forward with n of `count` examples. */
  #forwardOf(n: number, count: number): void {
    const { net, noisy } = this
    const ofBatch = this.training && net.architecture.batchNorm
    if (ofBatch && n < count)
      refuse('inputs', `at most ${net.batch} examples (the option batch) with batch normalization`, `${count}`)
    this.#checkNoise(count)
    this.#forward(n, ofBatch, noisy)
  }

  #checkNoise(count: number): void {
    const most = this.net.noise?.examples ?? 0
    if (this.noisy && count > most)
      refuse('inputs', `at most ${most} examples, for which noise was drawn, or training false`, `${count}`)
  }
}
