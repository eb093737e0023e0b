import { type KernelSet, kernelSet } from '@opt/core'
import {
  type FusedUpdate,
  fraction,
  fusedUpdate,
  type Hyper,
  nonnegative,
  Optimizer,
  type OptimizerOptions,
  type ParameterSet,
  type Rules,
  type Settings,
  type Slot,
} from '@opt/optimizers'
import { wasm } from './wasm.ts'

/** Hyper-parameters of {@link Lion}. */
export interface LionHyper extends Hyper {
  /** Default 1e-4; three to ten times smaller than for AdamW. */
  learningRate: number
  /** Weight of the momentum in the direction, in [0, 1). Default 0.9. */
  beta1: number
  /** Decay rate of the momentum, in [0, 1). Default 0.99. */
  beta2: number
  /**
   * lambda, decoupled: entries of x end up in [-1 / lambda, 1 / lambda]. Default 0; three to ten times
   * larger than for AdamW.
   */
  weightDecay: number
}

export const lionSettings: Settings<LionHyper> = {
  learningRate: nonnegative(1e-4),
  beta1: fraction(0.9),
  beta2: fraction(0.99),
  weightDecay: nonnegative(0),
}

/** The step of {@link Lion}: one pass over 20 bytes a float32 parameter. */
export const lion: FusedUpdate<'learningRate' | 'weightDecay' | 'beta1' | 'beta2'> = /* @__PURE__ */ fusedUpdate({
  name: 'lion',
  writes: ['parameter', 'momentum'],
  reads: ['gradient'],
  numbers: ['learningRate', 'weightDecay', 'beta1', 'beta2'],
  coefficients: ({ learningRate, weightDecay, beta1, beta2 }) => ({
    learningRate,
    decayFactor: 1 - learningRate * weightDecay,
    beta1,
    rest1: 1 - beta1,
    beta2,
    rest2: 1 - beta2,
  }),
  plain(n, { parameter: x, momentum: m, gradient: g }, coefficients, round) {
    const { learningRate, decayFactor, beta1, rest1, beta2, rest2 } = coefficients
    for (let i = 0; i < n; i++) {
      const c = round(round(beta1 * m[i]) + round(rest1 * g[i]))
      const step = c > 0 ? learningRate : c < 0 ? -learningRate : c === 0 ? 0 : c // NaN stays NaN
      x[i] = round(decayFactor * x[i]) - step
      m[i] = round(beta2 * m[i]) + round(rest2 * g[i])
    }
  },
  wgsl: `
  let c = p.beta1 * momentum[i] + p.rest1 * gradient[i];
  let step = select(select(select(c, 0.0, c == 0.0), -p.learningRate, c < 0.0), p.learningRate, c > 0.0);
  parameter[i] = p.decayFactor * parameter[i] - step;
  momentum[i] = p.beta2 * momentum[i] + p.rest2 * gradient[i];`,
})

/** The fused update of {@link Lion}. */
export const kernels: KernelSet<object> = /* @__PURE__ */ kernelSet(wasm, { lion })

const rules: Rules<LionHyper> = {
  name: 'Lion',
  settings: lionSettings,
  arrays: () => ['momentum'],
  bound({ learningRate, weightDecay }, bounds) {
    bounds.state = Math.max(bounds.state, bounds.gradient)
    bounds.parameter = bounds.parameter * Math.max(1, Math.abs(1 - learningRate * weightDecay)) + learningRate
    bounds.largest = Math.max(learningRate, learningRate * weightDecay)
  },
  kernels,
  onDevice: {},
}

/**
 * Lion (Chen et al. 2023, arXiv 2302.06675):
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

  protected override update(slot: Slot, { learningRate, weightDecay, beta1, beta2 }: LionHyper): void {
    slot.apply(lion, { learningRate, weightDecay, beta1, beta2 })
  }
}
