import { type KernelSet, kernelSet, pow } from '@opt/core'
import {
  adamSettings,
  boundAdam,
  type FusedUpdate,
  fusedUpdate,
  type Hyper,
  nonnegative,
  Optimizer,
  type OptimizerOptions,
  type ParameterSet,
  type Rules,
  type Slot,
} from '@opt/optimizers'
import { friction } from './friction.ts'
import { wasm } from './wasm.ts'

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
  /** Decoupled: x is multiplied by 1 - learningRate weightDecay. Default 0. */
  weightDecay: number
}

type Numbers = 'stepSize' | 'decayFactor' | 'beta1' | 'beta2' | 'epsilon' | 'l2'

export const diffgrad: FusedUpdate<Numbers> = /* @__PURE__ */ fusedUpdate({
  name: 'diffgrad',
  writes: ['parameter', 'mean', 'meanSquare', 'previous'],
  reads: ['gradient'],
  numbers: ['stepSize', 'decayFactor', 'beta1', 'beta2', 'epsilon', 'l2'],
  coefficients: (numbers) => ({ ...numbers, rest1: 1 - numbers.beta1, rest2: 1 - numbers.beta2 }),
  plain(n, { parameter: x, mean: m, meanSquare: v, previous, gradient: g }, coefficients, round) {
    const { stepSize, decayFactor, beta1, rest1, beta2, rest2, epsilon, l2 } = coefficients
    for (let i = 0; i < n; i++) {
      const d = l2 === 0 ? g[i] : round(round(l2 * x[i]) + g[i])
      const first = round(round(beta1 * m[i]) + round(rest1 * d))
      const second = round(round(beta2 * v[i]) + round(rest2 * round(d * d)))
      const rub = friction(round(previous[i] - d), round)
      m[i] = first
      v[i] = second
      previous[i] = d
      const root = round(rub * round(round(Math.sqrt(second)) + epsilon))
      x[i] = round(decayFactor * x[i]) - round(round(stepSize * first) / root)
    }
  },
  wgsl: `
  let d = p.l2 * parameter[i] + gradient[i];
  let first = p.beta1 * mean[i] + p.rest1 * d;
  let second = p.beta2 * meanSquare[i] + p.rest2 * (d * d);
  mean[i] = first;
  meanSquare[i] = second;
  let friction = 1.0 + exp(-abs(previous[i] - d));
  previous[i] = d;
  parameter[i] = p.decayFactor * parameter[i] - (p.stepSize * first) / (friction * (sqrt(second) + p.epsilon));`,
})

/** The fused update of {@link DiffGrad}. */
export const kernels: KernelSet<object> = /* @__PURE__ */ kernelSet(wasm, { diffgrad })

const rules: Rules<DiffGradHyper> = {
  name: 'DiffGrad',
  settings: {
    ...adamSettings,
    l2: nonnegative(0),
  },
  arrays: () => ['mean', 'meanSquare', 'previous'],
  squares: ['meanSquare'],
  averages: [['mean', 'meanSquare']],
  bound: boundAdam,
  kernels,
  onDevice: {},
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

  protected override update(slot: Slot, { learningRate, beta1, beta2, epsilon, l2, weightDecay }: DiffGradHyper): void {
    const { steps } = slot
    const stepSize = (learningRate * Math.sqrt(1 - pow(beta2, steps))) / (1 - pow(beta1, steps))
    slot.apply(diffgrad, { stepSize, decayFactor: 1 - learningRate * weightDecay, beta1, beta2, epsilon, l2 })
  }
}
