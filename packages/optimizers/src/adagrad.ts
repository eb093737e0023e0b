import { Optimizer } from './optimizer.ts'
import type { Floats, ParameterSet } from './parameters.ts'
import type { Rules } from './rules.ts'
import { type Hyper, nonnegative, type OptimizerOptions, positive } from './settings.ts'
import type { Slot } from './slot.ts'

/** Hyper-parameters of {@link Adagrad}. */
export interface AdagradHyper extends Hyper {
  /** Default 0.01. */
  learningRate: number
  /** The step size is learningRate / (1 + (t - 1) learningRateDecay). Default 0. */
  learningRateDecay: number
  /** Where the sum of squares starts. Default 0. */
  initialAccumulator: number
  /** Added to the root. Default 1e-10. */
  epsilon: number
  /** Coupled penalty: l2 x is added to the gradient. Default 0. */
  l2: number
  /** Decoupled: x shrinks by the factor 1 - stepSize weightDecay. Default 0. */
  weightDecay: number
}

const rules: Rules<AdagradHyper> = {
  name: 'Adagrad',
  settings: {
    learningRate: nonnegative(0.01),
    learningRateDecay: nonnegative(0),
    initialAccumulator: nonnegative(0),
    epsilon: positive(1e-10),
    l2: nonnegative(0),
    weightDecay: nonnegative(0),
  },
  arrays: () => ['sumOfSquares'],
  squares: ['sumOfSquares'],
  bound({ learningRate, initialAccumulator, epsilon, l2, weightDecay }, bounds) {
    const d = l2 * bounds.parameter + bounds.gradient
    const sum = Math.max(bounds.state * bounds.state, initialAccumulator) + d * d
    // s >= d^2, unless the square underflows.
    const direction = Math.min(d / epsilon, 2 + 1e-17 / epsilon)
    bounds.state = Math.sqrt(sum)
    bounds.parameter =
      bounds.parameter * Math.max(1, Math.abs(1 - learningRate * weightDecay)) + learningRate * direction
    const coefficients = Math.max(1 / epsilon, learningRate, learningRate * weightDecay, l2)
    bounds.largest = Math.max(sum, learningRate * d, coefficients)
  },
  onDevice: { overwrites: [] },
}

/**
 * Adagrad (Duchi, Hazan and Singer, JMLR 2011), diagonal:
 *
 *     s = s + g^2,   x = (1 - stepSize weightDecay) x - stepSize g / (sqrt(s) + epsilon)
 */
export class Adagrad<P extends ParameterSet = ParameterSet> extends Optimizer<AdagradHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<AdagradHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update<A extends Floats>(
    { length, parameter, gradient, arrays, steps, kernels }: Slot<A>,
    { learningRate, learningRateDecay, initialAccumulator, epsilon, l2, weightDecay }: AdagradHyper,
  ): void {
    const { sumOfSquares } = arrays
    if (steps === 1) sumOfSquares.fill(initialAccumulator)
    const stepSize = learningRate / (1 + (steps - 1) * learningRateDecay)
    kernels.adagrad(length, parameter, sumOfSquares, gradient, stepSize, 1 - stepSize * weightDecay, l2, epsilon)
  }
}
