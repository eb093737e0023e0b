import { pow } from '@opt/core'
import {
  boundAdam,
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

/** Hyper-parameters of {@link AdamP}. */
export interface AdamPHyper extends Hyper {
  /** Default 1e-3. */
  learningRate: number
  /** Decay rate of the mean gradient, in [0, 1). Default 0.9. */
  beta1: number
  /** Decay rate of the mean squared gradient, in [0, 1). Default 0.999. */
  beta2: number
  /** Added to the root and to norms. Default 1e-8. */
  epsilon: number
  /** Decoupled: x shrinks by the factor 1 - learningRate weightDecay. Default 0. */
  weightDecay: number
  /** A row of n entries is taken for scale-invariant when |cos(gradient, row)| < delta / sqrt(n) in all rows. Default 0.1. */
  delta: number
  /** Share of the weight decay that scale-invariant tensors get. Default 0.1. */
  weightDecayRatio: number
  /** Look ahead: b1 m + (1 - b1) g in place of m. Default false. */
  nesterov: boolean
}

const rules: Rules<AdamPHyper> = {
  name: 'AdamP',
  settings: {
    learningRate: nonnegative(1e-3),
    beta1: fraction(0.9),
    beta2: fraction(0.999),
    epsilon: positive(1e-8),
    weightDecay: nonnegative(0),
    delta: nonnegative(0.1),
    weightDecayRatio: nonnegative(0.1),
    nesterov: flag(false),
  },
  arrays: () => ['mean', 'meanSquare'],
  squares: ['meanSquare'],
  averages: [['mean', 'meanSquare']],
  bound(hyper, bounds) {
    const direction = boundAdam(hyper, bounds)
    boundRows(bounds, hyper.learningRate / (1 - hyper.beta1), direction, hyper.epsilon)
  },
  onDevice: { overwrites: ['gradients'] },
}

/**
 * AdamP (Heo et al., ICLR 2021, algorithm 2): AdamW whose step on a scale-invariant weight has no part along that weight.
 *
 *     u = mhat / (sqrt(vhat) + epsilon)
 *     where the gradient is at right angles to x, row by row:  u -= xhat (xhat . u),  r = weightDecayRatio;  elsewhere r = 1
 *     x = (1 - learningRate weightDecay r) x - learningRate u
 *
 * Only parameters with two or more dimensions are looked at: give weights as ndarrays, outputs first.
 */
export class AdamP<P extends ParameterSet = ParameterSet> extends Optimizer<AdamPHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<AdamPHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update<A extends Floats>(slot: Slot<A>, hyper: AdamPHyper): void {
    const { length, parameter, gradient, shape, steps, kernels, device } = slot
    const { learningRate, beta1, beta2, epsilon, weightDecay, delta, weightDecayRatio, nesterov } = hyper
    const { mean, meanSquare } = slot.arrays
    const rate = learningRate / (1 - pow(beta1, steps))
    const correction = 1 / (1 - pow(beta2, steps))
    if (device && shape.length > 1) {
      const [channels, n] = [shape[0], length / shape[0]]
      const decay = learningRate * weightDecay
      device.findInvariance(channels, n, parameter, gradient, delta, epsilon)
      kernels.adamDirection(length, mean, meanSquare, gradient, correction, beta1, beta2, epsilon, nesterov ? 1 : 0)
      device.projectAndDescend(channels, n, parameter, gradient, rate, 1 - decay, 1 - decay * weightDecayRatio, epsilon)
      return
    }
    const rows = scaleInvariantRows(slot, delta, epsilon)
    const keep = 1 - learningRate * weightDecay * (rows > 0 ? weightDecayRatio : 1)
    if (rows === 0 && !nesterov) {
      kernels.adamw(length, parameter, mean, meanSquare, gradient, rate, correction, keep, beta1, beta2, epsilon)
      return
    }
    kernels.adamDirection(length, mean, meanSquare, gradient, correction, beta1, beta2, epsilon, nesterov ? 1 : 0)
    if (rows > 0) kernels.projectRows(rows, length / rows, parameter, gradient, epsilon)
    kernels.descend(length, parameter, gradient, rate, keep, 0)
  }
}
