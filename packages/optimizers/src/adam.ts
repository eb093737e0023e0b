import { pow } from '@opt/core'
import { boundAdam } from './bound-adam.ts'
import { Optimizer } from './optimizer.ts'
import type { Floats, ParameterSet } from './parameters.ts'
import type { Rules } from './rules.ts'
import { flag, fraction, type Hyper, nonnegative, type OptimizerOptions, positive } from './settings.ts'
import type { Slot } from './slot.ts'

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
  /** Decoupled: x shrinks by the factor 1 - learningRate weightDecay. Default 0.01 (AdamW), 0 (Adam). */
  weightDecay: number
  /** Divide by the root of the largest v so far (Reddi, Kale and Kumar 2018). Default false. */
  amsgrad: boolean
}

/** Hyper-parameters of {@link Adam}. */
export interface AdamHyper extends AdamWHyper {
  /** Coupled penalty: l2 x is added to the gradient. Default 0. */
  l2: number
}

const settings = {
  learningRate: nonnegative(1e-3),
  beta1: fraction(0.9),
  beta2: fraction(0.999),
  epsilon: positive(1e-8),
  weightDecay: nonnegative(0.01),
  amsgrad: flag(false),
}

const arrays = ({ amsgrad }: AdamWHyper) => ['mean', 'meanSquare', ...(amsgrad ? ['largest'] : [])]

const common = {
  arrays,
  squares: ['meanSquare', 'largest'],
  averages: [['mean', 'meanSquare']] as const,
  bound: boundAdam,
  onDevice: { overwrites: [] },
}

const adamW: Rules<AdamWHyper> = { name: 'AdamW', settings, ...common }
const adam: Rules<AdamHyper> = {
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
    super(adamW, parameters, options)
  }

  protected override update<A extends Floats>(slot: Slot<A>, hyper: AdamWHyper): void {
    adamStep(slot, hyper, 0)
  }
}

/**
 * Adam (Kingma and Ba, ICLR 2015): {@link AdamW} without decay by default, and with the coupled penalty `l2`,
 * which PyTorch's Adam calls weight_decay.
 */
export class Adam<P extends ParameterSet = ParameterSet> extends Optimizer<AdamHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<AdamHyper> = {}) {
    super(adam, parameters, options)
  }

  protected override update<A extends Floats>(slot: Slot<A>, hyper: AdamHyper): void {
    adamStep(slot, hyper, hyper.l2)
  }
}

function adamStep<A extends Floats>(
  { length, parameter, gradient, arrays, steps, kernels }: Slot<A>,
  { learningRate, beta1, beta2, epsilon, weightDecay, amsgrad }: AdamWHyper,
  l2: number,
): void {
  const { mean, meanSquare, largest } = arrays
  const rate = learningRate / (1 - pow(beta1, steps))
  const correction = 1 / (1 - pow(beta2, steps))
  const keep = 1 - learningRate * weightDecay
  if (amsgrad)
    // biome-ignore format: one call
    kernels.amsgrad(length, parameter, mean, meanSquare, largest, gradient, rate, correction, keep, beta1, beta2, epsilon, l2)
  else if (l2 > 0)
    kernels.adam(length, parameter, mean, meanSquare, gradient, rate, correction, keep, beta1, beta2, epsilon, l2)
  else kernels.adamw(length, parameter, mean, meanSquare, gradient, rate, correction, keep, beta1, beta2, epsilon)
}
