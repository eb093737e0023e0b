import {
  fraction,
  type Hyper,
  nonnegative,
  Optimizer,
  type OptimizerOptions,
  type ParameterSet,
  type Rules,
  type Slot,
} from '@opt/optimizers'

/** Hyper-parameters of {@link __Class__}. */
export interface __Class__Hyper extends Hyper {
  /** Default 1e-3. */
  learningRate: number
  /** Share of the old velocity, in [0, 1). Default 0.9. */
  momentum: number
  /** Decoupled: x shrinks by the factor 1 - learningRate weightDecay. Default 0. */
  weightDecay: number
}

const rules: Rules<__Class__Hyper> = {
  name: '__Class__',
  settings: { learningRate: nonnegative(1e-3), momentum: fraction(0.9), weightDecay: nonnegative(0) },
  arrays: () => ['velocity'],
  bound({ learningRate, momentum, weightDecay }, bounds) {
    bounds.state = momentum * bounds.state + bounds.gradient
    bounds.parameter *= Math.max(1, Math.abs(1 - learningRate * weightDecay))
    bounds.parameter += learningRate * bounds.state
    bounds.largest = Math.max(learningRate, learningRate * weightDecay)
  },
}

/**
 * Momentum, until the paper's algorithm takes its place:
 *
 *     b = momentum b + g
 *     x = (1 - learningRate weightDecay) x - learningRate b
 */
export class __Class__<P extends ParameterSet = ParameterSet> extends Optimizer<__Class__Hyper, P> {
  constructor(parameters: P, options: OptimizerOptions<__Class__Hyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update(
    { length, parameter, gradient, arrays }: Slot,
    { learningRate, momentum, weightDecay }: __Class__Hyper,
  ): void {
    const { velocity } = arrays
    const keep = 1 - learningRate * weightDecay
    for (let i = 0; i < length; i++) {
      velocity[i] = momentum * velocity[i] + gradient[i]
      parameter[i] = keep * parameter[i] - learningRate * velocity[i]
    }
  }
}
