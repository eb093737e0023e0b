import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from '../adagrad-wasm.ts'
import { Optimizer } from '../optimizer.ts'
import type { ParameterSet } from '../parameters.ts'
import type { Rules } from '../rules.ts'
import { type Hyper, nonnegative, type OptimizerOptions, positive } from '../settings.ts'
import { type FusedUpdate, fusedUpdate } from '../slots/fused-update.ts'
import type { Slot } from '../slots/slot.ts'

/** Hyper-parameters of {@link Adagrad}. */
export interface AdagradHyper extends Hyper {
  /** Default 0.01. */
  learningRate: number
  /** The step size is learningRate / (1 + (t - 1) learningRateDecay). Default 0. */
  learningRateDecay: number
  /** The initial sum of squares. Default 0. */
  initialAccumulator: number
  /** Added to the root. Default 1e-10. */
  epsilon: number
  /** Coupled penalty: l2 x is added to the gradient. Default 0. */
  l2: number
  /** Decoupled: x is multiplied by 1 - stepSize weightDecay. Default 0. */
  weightDecay: number
}

export const adagrad: FusedUpdate<'stepSize' | 'decayFactor' | 'l2' | 'epsilon'> = /* @__PURE__ */ fusedUpdate({
  name: 'adagrad',
  writes: ['parameter', 'sumOfSquares'],
  reads: ['gradient'],
  numbers: ['stepSize', 'decayFactor', 'l2', 'epsilon'],
  plain(n, { parameter: x, sumOfSquares: s, gradient: g }, { stepSize, decayFactor, l2, epsilon }, round) {
    for (let i = 0; i < n; i++) {
      const d = round(round(l2 * x[i]) + g[i])
      const sum = round(round(d * d) + s[i])
      s[i] = sum
      x[i] = round(decayFactor * x[i]) - round(round(stepSize * d) / round(round(Math.sqrt(sum)) + epsilon))
    }
  },
  wgsl: `
  let d = p.l2 * parameter[i] + gradient[i];
  let sum = d * d + sumOfSquares[i];
  sumOfSquares[i] = sum;
  parameter[i] = p.decayFactor * parameter[i] - (p.stepSize * d) / (sqrt(sum) + p.epsilon);`,
})

/** The fused update of {@link Adagrad}. */
export const adagradKernels: KernelSet<object> = /* @__PURE__ */ kernelSet(wasm, { adagrad })

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
  kernels: adagradKernels,
  onDevice: {},
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

  protected override update(
    slot: Slot,
    { learningRate, learningRateDecay, initialAccumulator, epsilon, l2, weightDecay }: AdagradHyper,
  ): void {
    if (slot.steps === 1) slot.fill('sumOfSquares', initialAccumulator)
    const stepSize = learningRate / (1 + (slot.steps - 1) * learningRateDecay)
    slot.apply(adagrad, { stepSize, decayFactor: 1 - stepSize * weightDecay, l2, epsilon })
  }
}
