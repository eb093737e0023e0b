import { type KernelSet, kernelSet } from '@opt/core'
import { Optimizer } from '../optimizer.ts'
import type { ParameterSet } from '../parameters.ts'
import type { Rules } from '../rules.ts'
import { flag, fraction, type Hyper, nonnegative, type OptimizerOptions } from '../settings.ts'
import { wasm } from '../sgd-wasm.ts'
import type { Slot } from '../slots/slot.ts'
import { descend, sgd } from './descent.ts'

/** Hyper-parameters of {@link SGD}. */
export interface SGDHyper extends Hyper {
  /** Default 1e-3. */
  learningRate: number
  /** Factor of the old velocity, in [0, 1). Default 0: plain descent, without state. */
  momentum: number
  /** The velocity gets 1 - dampening times the gradient, in [0, 1); the first gradient enters whole. Default 0. */
  dampening: number
  /** Step along g + momentum b instead of b. Default false. */
  nesterov: boolean
  /** Coupled penalty: l2 x is added to the gradient. Default 0. */
  l2: number
  /** Decoupled: x is multiplied by 1 - learningRate weightDecay. Default 0. */
  weightDecay: number
}

/** The fused updates of {@link SGD}. */
export const sgdKernels: KernelSet<object> = /* @__PURE__ */ kernelSet(wasm, { descend, sgd })

const rules: Rules<SGDHyper> = {
  name: 'SGD',
  settings: {
    learningRate: nonnegative(1e-3),
    momentum: fraction(0),
    dampening: fraction(0),
    nesterov: flag(false),
    l2: nonnegative(0),
    weightDecay: nonnegative(0),
  },
  arrays: ({ momentum }) => (momentum > 0 ? ['velocity'] : []),
  bound({ learningRate, momentum, l2, weightDecay }, bounds) {
    const d = l2 * bounds.parameter + bounds.gradient
    const velocity = momentum * bounds.state + d
    if (momentum > 0) bounds.state = Math.max(bounds.state, velocity)
    const direction = momentum * velocity + d
    bounds.parameter =
      bounds.parameter * Math.max(1, Math.abs(1 - learningRate * weightDecay)) +
      learningRate * Math.max(velocity, direction)
    bounds.largest = Math.max(direction, learningRate, learningRate * weightDecay, l2)
  },
  kernels: sgdKernels,
  onDevice: {},
}

/**
 * Gradient descent, with PyTorch's momentum:
 *
 *     b = momentum b + (1 - dampening) g      (b = g at first)
 *     x = (1 - learningRate weightDecay) x - learningRate (nesterov ? g + momentum b : b)
 */
export class SGD<P extends ParameterSet = ParameterSet> extends Optimizer<SGDHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<SGDHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update(slot: Slot, hyper: SGDHyper): void {
    const { learningRate, momentum, dampening, nesterov, l2, weightDecay } = hyper
    const decayFactor = 1 - learningRate * weightDecay
    if (momentum === 0) {
      slot.apply(descend, { learningRate, decayFactor, l2 })
      return
    }
    const gain = slot.steps === 1 ? 1 : 1 - dampening
    slot.apply(sgd, { learningRate, decayFactor, l2, momentum, gain, nesterov: Number(nesterov) })
  }
}
