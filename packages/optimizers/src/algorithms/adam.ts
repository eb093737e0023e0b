import { type KernelSet, kernelSet, pow } from '@opt/core'
import { wasm } from '../adam-wasm.ts'
import { Optimizer } from '../optimizer.ts'
import type { Floats, ParameterSet } from '../parameters.ts'
import type { Rules } from '../rules.ts'
import { flag, fraction, type Hyper, nonnegative, type OptimizerOptions, positive } from '../settings.ts'
import { type FusedUpdate, fusedUpdate, type Numbers, type Round } from '../slots/fused-update.ts'
import type { Slot } from '../slots/slot.ts'
import { type AdamWNumbers, adamw, momentRates } from './adamw.ts'
import { boundAdam } from './bound-adam.ts'

/** Hyper-parameters of {@link AdamW}. */
export interface AdamWHyper extends Hyper {
  /** Default 1e-3. */
  learningRate: number
  /** Decay rate of the mean gradient, in [0, 1). Default 0.9. */
  beta1: number
  /** Decay rate of the mean squared gradient, in [0, 1). Default 0.999. */
  beta2: number
  /** Added to the root. Default 1e-8. */
  epsilon: number
  /** Decoupled: x is multiplied by 1 - learningRate weightDecay. Default 0.01 (AdamW), 0 (Adam). */
  weightDecay: number
  /** Divide by the root of the largest v so far (Reddi, Kale and Kumar 2018). Default false. */
  amsgrad: boolean
}

/** Hyper-parameters of {@link Adam}. */
export interface AdamHyper extends AdamWHyper {
  /** Coupled penalty: l2 x is added to the gradient. Default 0. */
  l2: number
}

const penalized = ({ l2, ...numbers }: Numbers<AdamWNumbers | 'l2'>) => ({ l2, ...momentRates(numbers) })
type Coefficients = Readonly<ReturnType<typeof penalized>>

/** Adam and, with `largest`, AMSGrad. */
function adamLoop(
  n: number,
  [x, m, v, g]: readonly Floats[],
  largest: Floats | null,
  { stepSize, correction2, decayFactor, beta1, rest1, beta2, rest2, epsilon, l2 }: Coefficients,
  round: Round,
): void {
  for (let i = 0; i < n; i++) {
    const d = round(round(l2 * x[i]) + g[i])
    const first = round(round(beta1 * m[i]) + round(rest1 * d))
    let second = round(round(beta2 * v[i]) + round(rest2 * round(d * d)))
    m[i] = first
    v[i] = second
    if (largest) second = largest[i] < second ? (largest[i] = second) : largest[i]
    const root = round(round(Math.sqrt(round(second * correction2))) + epsilon)
    x[i] = round(decayFactor * x[i]) - round(round(stepSize * first) / root)
  }
}

const adamBody = (second: string) => `
  let d = p.l2 * parameter[i] + gradient[i];
  let first = p.beta1 * mean[i] + p.rest1 * d;
  let second = p.beta2 * meanSquare[i] + p.rest2 * (d * d);
  mean[i] = first;
  meanSquare[i] = second;${second}
  parameter[i] = p.decayFactor * parameter[i] - (p.stepSize * first) / (sqrt(divisor * p.correction2) + p.epsilon);`

/** {@link adamw} with l2 x + g in place of g. */
type AdamNumbers = AdamWNumbers | 'l2'

export const adam: FusedUpdate<AdamNumbers> = /* @__PURE__ */ fusedUpdate({
  name: 'adam',
  writes: ['parameter', 'mean', 'meanSquare'],
  reads: ['gradient'],
  numbers: ['stepSize', 'correction2', 'decayFactor', 'beta1', 'beta2', 'epsilon', 'l2'],
  coefficients: penalized,
  plain(n, { parameter, mean, meanSquare, gradient }, coefficients, round) {
    adamLoop(n, [parameter, mean, meanSquare, gradient], null, coefficients, round)
  },
  wgsl: adamBody('let divisor = second;'),
})

/** {@link adam} with the largest mean square so far under the root. */
export const amsgrad: FusedUpdate<AdamNumbers> = /* @__PURE__ */ fusedUpdate({
  name: 'amsgrad',
  writes: ['parameter', 'mean', 'meanSquare', 'largest'],
  reads: ['gradient'],
  numbers: ['stepSize', 'correction2', 'decayFactor', 'beta1', 'beta2', 'epsilon', 'l2'],
  coefficients: penalized,
  plain(n, { parameter, mean, meanSquare, largest, gradient }, coefficients, round) {
    adamLoop(n, [parameter, mean, meanSquare, gradient], largest, coefficients, round)
  },
  wgsl: adamBody('let divisor = max(largest[i], second);\n  largest[i] = divisor;'),
})

/** The fused updates of {@link Adam} and {@link AdamW}. */
export const adamKernels: KernelSet<object> = /* @__PURE__ */ kernelSet(wasm, { adamw, adam, amsgrad })

const settings = {
  learningRate: nonnegative(1e-3),
  beta1: fraction(0.9),
  beta2: fraction(0.999),
  epsilon: positive(1e-8),
  weightDecay: nonnegative(0.01),
  amsgrad: flag(false),
}

const common = {
  arrays: ({ amsgrad }: AdamWHyper) => (amsgrad ? ['mean', 'meanSquare', 'largest'] : ['mean', 'meanSquare']),
  squares: ['meanSquare', 'largest'],
  averages: [['mean', 'meanSquare']] as const,
  kernels: adamKernels,
  bound: boundAdam,
  onDevice: {},
}

const adamWRules: Rules<AdamWHyper> = { name: 'AdamW', settings, ...common }
const adamRules: Rules<AdamHyper> = {
  name: 'Adam',
  settings: { ...settings, weightDecay: nonnegative(0), l2: nonnegative(0) },
  ...common,
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019):
 *
 *     m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
 *     x = (1 - learningRate weightDecay) x - learningRate mhat / (sqrt(vhat) + epsilon)
 *     mhat = m / (1 - beta1^t),   vhat = v / (1 - beta2^t)
 */
export class AdamW<P extends ParameterSet = ParameterSet> extends Optimizer<AdamWHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<AdamWHyper> = {}) {
    super(adamWRules, parameters, options)
  }

  protected override update(slot: Slot, hyper: AdamWHyper): void {
    adamStep(slot, hyper, 0)
  }
}

/**
 * Adam (Kingma and Ba, ICLR 2015): {@link AdamW} without decay by default, and with the coupled penalty `l2`,
 * which PyTorch's Adam calls weight_decay.
 */
export class Adam<P extends ParameterSet = ParameterSet> extends Optimizer<AdamHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<AdamHyper> = {}) {
    super(adamRules, parameters, options)
  }

  protected override update(slot: Slot, hyper: AdamHyper): void {
    adamStep(slot, hyper, hyper.l2)
  }
}

function adamStep(
  slot: Slot,
  { learningRate, beta1, beta2, epsilon, weightDecay, amsgrad: largest }: AdamWHyper,
  l2: number,
): void {
  const { steps } = slot
  const stepSize = learningRate / (1 - pow(beta1, steps))
  const correction2 = 1 / (1 - pow(beta2, steps))
  const decayFactor = 1 - learningRate * weightDecay
  if (largest) slot.apply(amsgrad, { stepSize, correction2, decayFactor, beta1, beta2, epsilon, l2 })
  else if (l2 > 0) slot.apply(adam, { stepSize, correction2, decayFactor, beta1, beta2, epsilon, l2 })
  else slot.apply(adamw, { stepSize, correction2, decayFactor, beta1, beta2, epsilon })
}
