import { type KernelSet, kernelSet, refuse, type ScanKernels } from '@opt/core'
import {
  descend,
  type Hyper,
  type MemorySlot,
  nonnegative,
  Optimizer,
  type OptimizerOptions,
  type ParameterSet,
  positive,
  type Rules,
  type Slot,
} from '@opt/optimizers'
import { wasm } from './wasm.ts'

/** Hyper-parameters of {@link AdaGradNorm}. */
export interface AdaGradNormHyper extends Hyper {
  /** Default 1. */
  learningRate: number
  /** The initial value of v. Default 0.01. */
  initialAccumulator: number
  /** Added to the root. Default 1e-10. */
  epsilon: number
}

/** The fused update of {@link AdaGradNorm}. */
export const kernels: KernelSet<object> = /* @__PURE__ */ kernelSet(wasm, { descend })

const rules: Rules<AdaGradNormHyper> = {
  name: 'AdaGradNorm',
  settings: {
    learningRate: nonnegative(1),
    initialAccumulator: nonnegative(0.01),
    epsilon: positive(1e-10),
  },
  arrays: () => [],
  numbers: () => ['sumOfSquares'],
  squares: ['sumOfSquares'],
  bound({ learningRate, epsilon }, bounds) {
    // |g_j|^2 <= v, unless the square underflows.
    bounds.parameter += learningRate * Math.min(bounds.gradient / epsilon, 2 + 1e-17 / epsilon)
    bounds.largest = Math.max(1, learningRate) / epsilon + learningRate + bounds.gradient
  },
  kernels,
}

const squaredNorm = (slot: Slot): number =>
  (slot as MemorySlot<ScanKernels>).kernels.squaredNorm(slot.length, slot.gradient)

/**
 * AdaGradNorm (Ward, Wu and Bottou, JMLR 2020): one step size for the whole parameter set.
 *
 *     v = v + |g|^2,   x = x - learningRate g / (sqrt(v) + epsilon)
 *
 * |g| is the norm over all parameters that have a gradient. Works in memory only.
 */
export class AdaGradNorm<P extends ParameterSet = ParameterSet> extends Optimizer<AdaGradNormHyper, P> {
  /** The sum of |g|^2 over all steps, this one included. A slot keeps that of its own last step. */
  #sumOfSquares = 0
  readonly #squares = new Float64Array(this.slots.length)

  constructor(parameters: P, options: OptimizerOptions<AdaGradNormHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override prepare(): void {
    let past = 0
    let active = 0
    for (const slot of this.slots) {
      past = Math.max(past, slot.numbers.sumOfSquares)
      if (slot.active) this.#squares[active++] = squaredNorm(slot)
    }
    // In increasing order, so that the order of the parameters does not change the sum.
    const squares = this.#squares.subarray(0, active).sort()
    let sum = 0
    for (let i = 0; i < active; i++) sum += squares[i]
    if (past + sum === Infinity) refuse('AdaGradNorm.step: sumOfSquares', 'a finite number after the step', 'Infinity')
    this.#sumOfSquares = past + sum
  }

  protected override update(slot: Slot, { learningRate, initialAccumulator, epsilon }: AdaGradNormHyper): void {
    slot.numbers.sumOfSquares = this.#sumOfSquares
    const root = Math.sqrt(initialAccumulator + this.#sumOfSquares)
    slot.apply(descend, { learningRate: learningRate / (root + epsilon), decayFactor: 1, l2: 0 })
  }
}
