import {
  type Floats,
  fraction,
  type Hyper,
  nonnegative,
  Optimizer,
  type OptimizerOptions,
  type ParameterSet,
  type Rules,
  type Settings,
  type Slot,
} from '@opt/optimizers'

/** Hyper-parameters of {@link Lion}. */
export interface LionHyper extends Hyper {
  /** Default 1e-4; three to ten times smaller than one would take for AdamW. */
  learningRate: number
  /** Share of the momentum in the direction, in [0, 1). Default 0.9. */
  beta1: number
  /** Decay rate of the momentum, in [0, 1). Default 0.99. */
  beta2: number
  /** lambda, decoupled: entries of x end up in [-1 / lambda, 1 / lambda]. Default 0; three to ten times larger than for AdamW. */
  weightDecay: number
}

export const lionSettings: Settings<LionHyper> = {
  learningRate: nonnegative(1e-4),
  beta1: fraction(0.9),
  beta2: fraction(0.99),
  weightDecay: nonnegative(0),
}

const rules: Rules<LionHyper> = {
  name: 'Lion',
  settings: lionSettings,
  arrays: () => ['momentum'],
  bound({ learningRate, weightDecay }, bounds) {
    bounds.state = Math.max(bounds.state, bounds.gradient)
    bounds.parameter = bounds.parameter * Math.max(1, Math.abs(1 - learningRate * weightDecay)) + learningRate
    bounds.largest = Math.max(learningRate, learningRate * weightDecay)
  },
  onDevice: { overwrites: [] },
}

/**
 * Lion (Chen et al. 2023, arXiv 2302.06675), one fused pass over 20 bytes a float32 parameter:
 *
 *     x = (1 - learningRate weightDecay) x - learningRate sign(beta1 m + (1 - beta1) g)
 *     m = beta2 m + (1 - beta2) g
 *
 * The same as `LionK` with kernel `l1()`; m is the momentum of +g here.
 */
export class Lion<P extends ParameterSet = ParameterSet> extends Optimizer<LionHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<LionHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update<A extends Floats>(
    { length, parameter, gradient, arrays, kernels }: Slot<A>,
    { learningRate, weightDecay, beta1, beta2 }: LionHyper,
  ): void {
    kernels.lion(length, parameter, arrays.momentum, gradient, learningRate, weightDecay, beta1, beta2)
  }
}
