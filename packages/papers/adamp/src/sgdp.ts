import {
  type Floats,
  flag,
  fraction,
  type Hyper,
  nonnegative,
  Optimizer,
  type OptimizerOptions,
  type ParameterSet,
  positive,
  type Rules,
  type Slot,
} from '@opt/optimizers'
import { boundRows, scaleInvariantRows } from './projection.ts'

/** Hyper-parameters of {@link SGDP}. */
export interface SGDPHyper extends Hyper {
  /** Default 1e-3; the official code has none. */
  learningRate: number
  /** Share of the old velocity, in [0, 1). Default 0. */
  momentum: number
  /** Part of the gradient that does not enter the velocity, in [0, 1). Default 0. */
  dampening: number
  /** Added to norms. Default 1e-8. */
  epsilon: number
  /** Decoupled: x shrinks by the factor 1 - learningRate weightDecay / (1 - momentum). Default 0. */
  weightDecay: number
  /** A row of n entries is taken for scale-invariant when |cos(gradient, row)| < delta / sqrt(n) in all rows. Default 0.1. */
  delta: number
  /** Share of the weight decay that scale-invariant tensors get. Default 0.1. */
  weightDecayRatio: number
  /** Step along g + momentum b instead of b. Default false. */
  nesterov: boolean
}

const rules: Rules<SGDPHyper> = {
  name: 'SGDP',
  settings: {
    learningRate: nonnegative(1e-3),
    momentum: fraction(0),
    dampening: fraction(0),
    epsilon: positive(1e-8),
    weightDecay: nonnegative(0),
    delta: nonnegative(0.1),
    weightDecayRatio: nonnegative(0.1),
    nesterov: flag(false),
  },
  arrays: () => ['velocity'],
  bound({ learningRate, momentum, weightDecay, epsilon }, bounds) {
    const velocity = momentum * bounds.state + bounds.gradient
    const direction = velocity + bounds.gradient
    const decay = (learningRate * weightDecay) / (1 - momentum)
    bounds.state = Math.max(bounds.state, velocity)
    bounds.parameter *= Math.max(1, Math.abs(1 - decay))
    bounds.largest = Math.max(direction, learningRate, decay)
    boundRows(bounds, learningRate, direction, epsilon)
  },
  onDevice: { overwrites: ['gradients'] },
}

/**
 * SGDP (Heo et al., ICLR 2021, algorithm 1): momentum whose step on a scale-invariant weight has no part along that weight.
 *
 *     b = momentum b + (1 - dampening) g,   u = nesterov ? g + momentum b : b
 *     where the gradient is at right angles to x, row by row:  u -= xhat (xhat . u),  r = weightDecayRatio;  elsewhere r = 1
 *     x = (1 - learningRate weightDecay r / (1 - momentum)) x - learningRate u
 *
 * The velocity itself stays as it is; the official code projects it along with u where nesterov is false.
 */
export class SGDP<P extends ParameterSet = ParameterSet> extends Optimizer<SGDPHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<SGDPHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update<A extends Floats>(slot: Slot<A>, hyper: SGDPHyper): void {
    const { length, parameter, gradient, shape, kernels, device } = slot
    const { learningRate, momentum, dampening, epsilon, weightDecay, delta, weightDecayRatio, nesterov } = hyper
    const { velocity } = slot.arrays
    const gain = 1 - dampening
    const choosesThere = device !== null && shape.length > 1
    if (choosesThere) device.findInvariance(shape[0], length / shape[0], parameter, gradient, delta, epsilon)
    const rows = choosesThere ? shape[0] : scaleInvariantRows(slot, delta, epsilon)
    const keep = 1 - (learningRate * weightDecay * (rows > 0 ? weightDecayRatio : 1)) / (1 - momentum)
    if (rows === 0) {
      const ahead = nesterov ? 1 : 0
      kernels.sgd(length, parameter, velocity, gradient, learningRate, keep, 0, momentum, gain, ahead)
      return
    }
    kernels.descend(length, velocity, gradient, -gain, momentum, 0) // b = momentum b + gain g
    if (nesterov)
      kernels.descend(length, gradient, velocity, -momentum, 1, 0) // g = g + momentum b
    else gradient.set(velocity)
    if (choosesThere) {
      const keepAll = 1 - (learningRate * weightDecay) / (1 - momentum)
      device.projectAndDescend(rows, length / rows, parameter, gradient, learningRate, keepAll, keep, epsilon)
      return
    }
    kernels.projectRows(rows, length / rows, parameter, gradient, epsilon)
    kernels.descend(length, parameter, gradient, learningRate, keep, 0)
  }
}
