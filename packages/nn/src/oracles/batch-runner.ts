import { refuse, show } from '@opt/core'
import { type Examples, gather } from '../data/examples.ts'
import {
  checkReal,
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

/** A caller's examples, flat: rows of inputs, and labels or rows of targets. */
export interface GivenExamples {
  readonly inputs: ArrayLike<number>
  readonly targets: ArrayLike<number> | null
  readonly count: number
}

/** Runs passes over a caller's examples, at most `batch` at a time. */
export class BatchRunner {
  readonly net: Buffers
  /** Whether batch normalization uses the statistics of the batch where it may. */
  training = true
  #pass: Pass

  constructor(net: Buffers) {
    this.net = net
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
  given(inputs: Inputs, targets: Targets): GivenExamples {
    const { inputs: rows, count } = this.givenInputs(inputs)
    return { inputs: rows, targets: flatTargets(targets, count, this.net.outputCount), count }
  }

  /** Loads the examples batch by batch and visits each batch. */
  forEachBatch({ inputs, targets, count }: GivenExamples, visit: (start: number, n: number) => void): void {
    for (let start = 0; start < count; start += this.net.batch) {
      const n = Math.min(this.net.batch, count - start)
      loadInputs(this.net, inputs, start, n)
      if (targets) loadTargets(this.net, targets, count, start, n)
      visit(start, n)
    }
  }

  /**
   * Visits each batch after a forward pass with running statistics. If there are targets, the last delta is the
   * derivative of each example's own loss.
   */
  forEachSeparately(examples: GivenExamples, visit: (start: number, pass: Pass) => void): void {
    this.forEachBatch(examples, (start, n) => {
      this.#forward(n, false)
      if (examples.targets) this.#loss(1)
      visit(start, this.#pass)
    })
  }

  /**
   * Returns the mean loss. Visits each batch after a forward pass, with the derivative of the mean loss in the last
   * delta; `scale` is the weight of each example in the mean.
   */
  meanLoss(examples: GivenExamples, visit?: (pass: Pass, scale: number) => void): number {
    const { count } = examples
    let sum = 0
    this.forEachBatch(examples, (_, n) => {
      sum += this.#partOfMean(n, count)
      visit?.(this.#pass, 1 / count)
    })
    return sum / count
  }

  /** {@link meanLoss} of the examples at `indices` of a data set. */
  meanLossAt(examples: Examples, indices: ArrayLike<number>, visit: (pass: Pass) => void): number {
    const count = indices?.length
    if (typeof count !== 'number') refuse('indices', 'an array', show(indices), 'type')
    if (!(count > 0)) refuse('indices', 'nonempty', `length ${count}`)
    let sum = 0
    for (let start = 0; start < count; start += this.net.batch) {
      const n = Math.min(this.net.batch, count - start)
      gather(this.net, examples, indices, start, n)
      sum += this.#partOfMean(n, count)
      visit(this.#pass)
    }
    return sum / count
  }

  /** Checks and copies a data set, for {@link meanLossAt}. */
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
    return { count, inputs, targets }
  }

  /** Returns an array for rows of results. A caller's array is written batch by batch, so checks all examples first. */
  resultRows(out: Real | undefined, examples: GivenExamples, columns: number): Real {
    const result = this.#resultArray(out, examples.count * columns)
    if (out && examples.count > this.net.batch) this.forEachBatch(examples, () => {})
    return result
  }

  /** Copies a result to `out`, or to a new array. */
  resultCopy(x: Real, out: Real | undefined): Real {
    const result = this.#resultArray(out, x.length)
    if (result !== x) result.set(x)
    return result
  }

  /** Sets the direction of a product, and the product to 0. */
  setDirection(v: ArrayLike<number>): void {
    const { kernels, direction, product } = this.net
    checkVector(v, direction.length, 'v')
    direction.set(v)
    // A finite float64 number may overflow in float32.
    const bad = kernels.nonFinite(direction.length, direction)
    if (bad >= 0) refuse(`v[${bad}]`, 'a finite number', show(v[bad]))
    product.fill(0)
  }

  /** Returns the caller's array for a result after checking its length, or a new one. */
  #resultArray(out: Real | undefined, length: number): Real {
    if (out === undefined) return zeros(length, this.net.dtype)
    checkReal(out, length, 'out')
    return out
  }

  #forward(n: number, ofBatch: boolean): void {
    if (this.#pass.n !== n) this.#pass = makePass(this.net, n)
    forward(this.#pass, ofBatch)
  }

  /** Writes scale times the derivatives of the losses in the outputs to the last delta. Returns the sum of losses. */
  #loss(scale: number): number {
    const { loss, targets, outputCount } = this.net
    const { n, last } = this.#pass
    return loss.gradient(n, outputCount, last.s, targets, scale, last.delta)
  }

  #partOfMean(n: number, count: number): number {
    const { net } = this
    const ofBatch = this.training && net.architecture.batchNorm
    if (ofBatch && n < count)
      refuse('inputs', `at most ${net.batch} examples (the option batch) with batch normalization`, `${count}`)
    this.#forward(n, ofBatch)
    return this.#loss(1 / count)
  }
}
