import { Optimizer } from './optimizer.ts'
import type { Floats, ParameterSet } from './parameters.ts'
import type { Rules } from './rules.ts'
import { flag, fraction, type Hyper, nonnegative, type OptimizerOptions, positive } from './settings.ts'
import type { Slot } from './slot.ts'

/** Hyper-parameters of {@link RMSProp}. */
export interface RMSPropHyper extends Hyper {
  /** Default 0.01. */
  learningRate: number
  /** Decay rate of the averages, in [0, 1). Default 0.99. */
  alpha: number
  /** Added to the root. Default 1e-8. */
  epsilon: number
  /** Share of the old velocity, in [0, 1). Default 0. */
  momentum: number
  /** Divide by the deviation of the gradient instead of its root mean square. Default false. */
  centered: boolean
  /** Coupled penalty: l2 x is added to the gradient. Default 0. */
  l2: number
  /** Decoupled: x shrinks by the factor 1 - learningRate weightDecay. Default 0. */
  weightDecay: number
}

const rules: Rules<RMSPropHyper> = {
  name: 'RMSProp',
  settings: {
    learningRate: nonnegative(0.01),
    alpha: fraction(0.99),
    epsilon: positive(1e-8),
    momentum: fraction(0),
    centered: flag(false),
    l2: nonnegative(0),
    weightDecay: nonnegative(0),
  },
  arrays: ({ centered, momentum }) => [
    'meanSquare',
    ...(centered ? ['mean'] : []),
    ...(momentum > 0 ? ['velocity'] : []),
  ],
  squares: ['meanSquare'],
  bound({ learningRate, alpha, epsilon, momentum, centered, l2, weightDecay }, bounds) {
    const d = l2 * bounds.parameter + bounds.gradient
    // s >= (1 - alpha) d^2, unless the square underflows.
    const ratio = centered ? Infinity : 2 / Math.sqrt(1 - alpha) + 1e-17 / epsilon
    const direction = Math.min(d / epsilon, ratio)
    const velocity = momentum > 0 ? momentum * bounds.state + direction : direction
    bounds.state = Math.max(bounds.state, d, velocity)
    bounds.parameter =
      bounds.parameter * Math.max(1, Math.abs(1 - learningRate * weightDecay)) + learningRate * velocity
    const coefficients = Math.max(1 / epsilon, learningRate, learningRate * weightDecay, l2)
    bounds.largest = Math.max(d * d, coefficients)
  },
  onDevice: { overwrites: [] },
}

/**
 * RMSProp (Tieleman and Hinton 2012; centred form: Graves 2013), without bias correction, epsilon outside the root as PyTorch has it:
 *
 *     s = alpha s + (1 - alpha) g^2,   a = alpha a + (1 - alpha) g,   q = centered ? s - a^2 : s
 *     b = momentum b + g / (sqrt(q) + epsilon)
 *     x = (1 - learningRate weightDecay) x - learningRate b
 */
export class RMSProp<P extends ParameterSet = ParameterSet> extends Optimizer<RMSPropHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<RMSPropHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update<A extends Floats>(
    { length, parameter, gradient, arrays, kernels }: Slot<A>,
    { learningRate, alpha, epsilon, momentum, centered, l2, weightDecay }: RMSPropHyper,
  ): void {
    const { meanSquare, mean = meanSquare, velocity = meanSquare } = arrays
    const keep = 1 - learningRate * weightDecay
    // biome-ignore format: one call
    kernels.rmsprop(length, parameter, meanSquare, mean, velocity, gradient, learningRate, keep, l2, alpha, epsilon, momentum, centered ? 1 : 0)
  }
}
