import { refuse, show } from '@opt/core'
import {
  flag,
  Optimizer,
  type OptimizerOptions,
  type ParameterSet,
  type Rules,
  type Setting,
  type Slot,
} from '@opt/optimizers'
import { type ConvexFunction, checkConvexFunction } from './convex/convex-function.ts'
import { l1 } from './convex/separable.ts'
import { type LionHyper, lionSettings } from './lion.ts'

/** Hyper-parameters of {@link LionK}. */
export interface LionKHyper extends LionHyper {
  /** K. Default l1(): Lion. */
  kernel: ConvexFunction
  /** Decay the new x instead of the old one, as in the discrete theorem. Default false. */
  implicit: boolean
}

const kernelSetting: Setting<ConvexFunction> = { default: l1(), check: checkConvexFunction }

const rules: Rules<LionKHyper> = {
  name: 'LionK',
  settings: { ...lionSettings, kernel: kernelSetting, implicit: flag(false) },
  arrays: () => ['momentum'],
  bound({ learningRate, weightDecay, kernel, implicit }, bounds) {
    bounds.state = Math.max(bounds.state, bounds.gradient)
    const bound: unknown = kernel.bound?.(bounds.state) ?? Infinity
    if (typeof bound !== 'number') refuse('LionK.step: kernel.bound(size)', 'a number', show(bound), 'type')
    const move = learningRate * bound
    const shrink = learningRate * weightDecay
    bounds.parameter = bounds.parameter * (implicit ? 1 : Math.max(1, Math.abs(1 - shrink))) + move
    bounds.largest = Math.max(learningRate, shrink, move)
  },
  accept: ({ kernel }, { length, label }) => kernel.check?.(length, label),
}

/**
 * Lion-K (Chen, Liu, Liang and Liu, ICLR 2024): Lion with a subgradient of any convex K in place of the
 * sign.
 *
 *     mixed = beta1 m - (1 - beta1) g
 *     m     = beta2 m - (1 - beta2) g
 *     x     = (1 - learningRate weightDecay) x + learningRate dK(mixed)                       explicit
 *     x     = (x + learningRate dK(mixed)) / (1 + learningRate weightDecay)                   implicit
 *
 * It minimises f(x) + K*(lambda x) / lambda with lambda = weightDecay. m is the momentum of -g. K acts on
 * each parameter separately.
 */
export class LionK<P extends ParameterSet = ParameterSet> extends Optimizer<LionKHyper, P> {
  /** Two scratch vectors for each parameter, by its name: K works in float64. */
  readonly #scratch: Map<string, { mixed: Float64Array; direction: Float64Array }>

  constructor(parameters: P, options: OptimizerOptions<LionKHyper> = {}) {
    super(rules, parameters, options)
    const longest = Math.max(...this.slots.map(({ length }) => length))
    const [mixed, direction] = [new Float64Array(longest), new Float64Array(longest)]
    const views = (n: number) => ({ mixed: mixed.subarray(0, n), direction: direction.subarray(0, n) })
    this.#scratch = new Map(this.slots.map(({ name, length }) => [name, views(length)]))
  }

  /**
   * Returns a copy of the momentum m (of -g) of one parameter, for the Lyapunov functions.
   *
   * @param name the name in a record or the index in a list; optional for a single parameter.
   * @throws RangeError when there is no such parameter.
   */
  momentum(name: string | number = 0): Float64Array {
    const known = typeof name === 'string' || typeof name === 'number'
    const slot = this.slots.find((one) => known && one.name === String(name))
    if (!slot) refuse('LionK.momentum: name', `one of ${this.slots.map((one) => one.name).join(', ')}`, show(name))
    return Float64Array.from(slot.arrays.momentum)
  }

  protected override update(
    { name, length, parameter, gradient, arrays }: Slot,
    { learningRate, weightDecay, beta1, beta2, kernel, implicit }: LionKHyper,
  ): void {
    const { momentum } = arrays
    const { mixed, direction } = this.#scratch.get(name)!
    for (let i = 0; i < length; i++) {
      mixed[i] = beta1 * momentum[i] - (1 - beta1) * gradient[i]
      momentum[i] = beta2 * momentum[i] - (1 - beta2) * gradient[i]
    }
    kernel.subgradient(mixed, direction)
    const shrink = learningRate * weightDecay
    if (implicit)
      for (let i = 0; i < length; i++) parameter[i] = (parameter[i] + learningRate * direction[i]) / (1 + shrink)
    else for (let i = 0; i < length; i++) parameter[i] = (1 - shrink) * parameter[i] + learningRate * direction[i]
  }
}
