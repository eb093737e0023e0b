import { pow } from '@opt/core'
import {
  boundAdam,
  type Floats,
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

/** Hyper-parameters of {@link DiffGrad}. */
export interface DiffGradHyper extends Hyper {
  /** Default 1e-3. */
  learningRate: number
  /** Decay rate of the mean gradient, in [0, 1). Default 0.9. */
  beta1: number
  /** Decay rate of the mean squared gradient, in [0, 1). Default 0.999. */
  beta2: number
  /** Added to the root of the uncorrected mean square. Default 1e-8. */
  epsilon: number
  /** Coupled penalty: l2 x is added to the gradient. Default 0. */
  l2: number
  /** Decoupled: x shrinks by the factor 1 - learningRate weightDecay. Default 0. */
  weightDecay: number
}

const rules: Rules<DiffGradHyper> = {
  name: 'DiffGrad',
  settings: {
    learningRate: nonnegative(1e-3),
    beta1: fraction(0.9),
    beta2: fraction(0.999),
    epsilon: positive(1e-8),
    l2: nonnegative(0),
    weightDecay: nonnegative(0),
  },
  arrays: () => ['mean', 'meanSquare', 'previous'],
  squares: ['meanSquare'],
  averages: [['mean', 'meanSquare']],
  bound: boundAdam,
  onDevice: { overwrites: [] },
}

/**
 * diffGrad (Dubey et al., IEEE TNNLS 2020, algorithm 1): Adam with a friction xi in [1/2, 1) on each entry.
 *
 *     g = g + l2 x,   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
 *     xi = 1 / (1 + exp(-|previous g - g|))      (previous g = 0 at first)
 *     x = (1 - learningRate weightDecay) x - learningRate sqrt(1 - beta2^t) / (1 - beta1^t) xi m / (sqrt(v) + epsilon)
 */
export class DiffGrad<P extends ParameterSet = ParameterSet> extends Optimizer<DiffGradHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<DiffGradHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update<A extends Floats>(
    { length, parameter, gradient, arrays, steps, kernels }: Slot<A>,
    { learningRate, beta1, beta2, epsilon, l2, weightDecay }: DiffGradHyper,
  ): void {
    const { mean, meanSquare, previous } = arrays
    const rate = (learningRate * Math.sqrt(1 - pow(beta2, steps))) / (1 - pow(beta1, steps))
    const keep = 1 - learningRate * weightDecay
    kernels.diffgrad(length, parameter, mean, meanSquare, previous, gradient, rate, keep, beta1, beta2, epsilon, l2)
  }
}
