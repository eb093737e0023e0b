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
  type Slot,
} from '@opt/optimizers'
import { wasm } from './wasm.ts'

/** Hyper-parameters of {@link __Class__}. */
export interface __Class__Hyper extends Hyper {
  /** Default 1e-3. */
  learningRate: number
  /** Fraction of the velocity kept at each step, in [0, 1). Default 0.9. */
  momentum: number
  /** Decoupled: x shrinks by the factor 1 - learningRate weightDecay. Default 0. */
  weightDecay: number
}

/** The step of {@link __Class__}: here, in assembly/kernels.ts, and for devices. */
export const __camel__: FusedUpdate<'learningRate' | 'decayFactor' | 'momentum'> = /* @__PURE__ */ fusedUpdate({
  name: '__camel__',
  writes: ['parameter', 'velocity'],
  reads: ['gradient'],
  numbers: ['learningRate', 'decayFactor', 'momentum'],
  plain(n, { parameter: x, velocity: b, gradient: g }, { learningRate, decayFactor, momentum }, round) {
    for (let i = 0; i < n; i++) {
      b[i] = round(momentum * b[i]) + g[i]
      x[i] = round(decayFactor * x[i]) - round(learningRate * b[i])
    }
  },
  wgsl: `
  velocity[i] = p.momentum * velocity[i] + gradient[i];
  parameter[i] = p.decayFactor * parameter[i] - p.learningRate * velocity[i];`,
})

/** The kernels of this package. */
export const kernels: KernelSet<object> = /* @__PURE__ */ kernelSet(wasm, { __camel__ })

const rules: Rules<__Class__Hyper> = {
  name: '__Class__',
  settings: { learningRate: nonnegative(1e-3), momentum: fraction(0.9), weightDecay: nonnegative(0) },
  arrays: () => ['velocity'],
  kernels,
  bound({ learningRate, momentum, weightDecay }, bounds) {
    bounds.state = momentum * bounds.state + bounds.gradient
    bounds.parameter *= Math.max(1, Math.abs(1 - learningRate * weightDecay))
    bounds.parameter += learningRate * bounds.state
    bounds.largest = Math.max(learningRate, learningRate * weightDecay)
  },
  onDevice: {},
}

/**
 * Momentum; replace it by the paper's algorithm:
 *
 *     v = momentum v + g
 *     x = (1 - learningRate weightDecay) x - learningRate v
 */
export class __Class__<P extends ParameterSet = ParameterSet> extends Optimizer<__Class__Hyper, P> {
  constructor(parameters: P, options: OptimizerOptions<__Class__Hyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update(slot: Slot, { learningRate, momentum, weightDecay }: __Class__Hyper): void {
    slot.apply(__camel__, { learningRate, decayFactor: 1 - learningRate * weightDecay, momentum })
  }
}
