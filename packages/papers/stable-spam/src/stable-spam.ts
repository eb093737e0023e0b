import { cos, type KernelSet, kernelSet, pow } from '@opt/core'
import {
  adamSettings,
  adamw,
  type Bounds,
  boundAdam,
  count,
  fraction,
  type Hyper,
  Optimizer,
  type OptimizerOptions,
  type ParameterSet,
  type Rules,
  type Slot,
  share,
} from '@opt/optimizers'
import { adaClip, scaleAbove } from './ada-clip.ts'
import { adaGN, scale } from './ada-gn.ts'
import { wasm } from './wasm.ts'

/** Hyper-parameters of {@link StableSPAM}. */
export interface StableSPAMHyper extends Hyper {
  /** Default 1e-3. */
  learningRate: number
  /** Decay rate of the mean gradient, in [0, 1). Default 0.9. */
  beta1: number
  /** Decay rate of the mean squared gradient, in [0, 1). Default 0.999. */
  beta2: number
  /** Added to roots. Default 1e-8. */
  epsilon: number
  /** Decoupled: x is multiplied by 1 - learningRate weightDecay. Default 0. */
  weightDecay: number
  /** Decay rate of the mean gradient norm, in [0, 1). Default 0.7; the paper's BF16 runs use 0.85. */
  gamma1: number
  /** Decay rate of the mean squared gradient norm, in [0, 1). Default 0.9; the paper's BF16 runs use 0.99999. */
  gamma2: number
  /** Decay rate of the mean largest entry, in [0, 1). Default 0.999. */
  gamma3: number
  /** Reset the moments every N steps; 0 disables resets. Default 1000; the paper's 4-bit runs use 500. */
  resetEvery: number
  /**
   * The length of the run, in which beta1 and gamma1 decay along a half-cosine to minScale times their
   * value; 0 disables the decay. Default 0.
   */
  totalSteps: number
  /** In [0, 1]. Default 0.5. */
  minScale: number
}

/** The fused updates of {@link StableSPAM}. */
export const kernels: KernelSet<object> = /* @__PURE__ */ kernelSet(wasm, { adamw, scaleAbove, scale })

const rules: Rules<StableSPAMHyper> = {
  name: 'StableSPAM',
  settings: {
    ...adamSettings,
    gamma1: fraction(0.7),
    gamma2: fraction(0.9),
    gamma3: fraction(0.999),
    resetEvery: count(1000),
    totalSteps: count(0),
    minScale: share(0.5),
  },
  arrays: () => ['mean', 'meanSquare'],
  numbers: () => ['largest', 'norm', 'rootSquare', 'sinceReset'],
  squares: ['meanSquare', 'largest', 'norm', 'rootSquare'],
  averages: [
    ['mean', 'meanSquare'],
    ['norm', 'rootSquare'],
  ],
  counts: ['sinceReset'],
  bound: boundHistory,
  kernels,
  onDevice: {
    numbers: ['largest', 'norm', 'rootSquare'],
    below: 7.922816251426434e28 /* 2^96 */,
  },
}

/**
 * Stable-SPAM (Huang et al. 2025): Adam on gradients that are scaled by their own history, tensor by
 * tensor.
 *
 *     every resetEvery steps:  m = v = 0, k = 0
 *     AdaClip:  h = gamma3 h + (1 - gamma3) max|g|,   scale entries above hhat to a largest one of hhat
 *     AdaGN:    a, c = averages of |g| and |g|^2,     g = g / |g| ahat / (sqrt(chat) + epsilon)
 *     AdamW with g, bias corrections by k
 */
export class StableSPAM<P extends ParameterSet = ParameterSet> extends Optimizer<StableSPAMHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<StableSPAMHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update(slot: Slot, hyper: StableSPAMHyper): void {
    const { steps, numbers } = slot
    const { learningRate, beta2, epsilon, weightDecay, gamma2, gamma3, resetEvery } = hyper
    const T = this.steps + 1
    const decay = cosineAt(T, hyper)
    const beta1 = hyper.beta1 * decay
    const gamma1 = hyper.gamma1 * decay
    if (resetEvery > 0 && T % resetEvery === 0) {
      slot.fill('mean', 0)
      slot.fill('meanSquare', 0)
      numbers.sinceReset = 0
    }
    const k = ++numbers.sinceReset
    const size = slot.perform(adaClip, { gamma3, steps })
    slot.perform(adaGN, { size, gamma1, gamma2, epsilon, steps })
    const stepSize = learningRate / (1 - pow(beta1, k))
    const correction2 = 1 / (1 - pow(beta2, k))
    slot.apply(adamw, { stepSize, correction2, decayFactor: 1 - learningRate * weightDecay, beta1, beta2, epsilon })
  }
}

/** Returns the scale of a step: a cosine from 1 to minScale at step totalSteps + 1, which then rises again, as in the official code. */
function cosineAt(step: number, { totalSteps, minScale }: StableSPAMHyper): number {
  if (totalSteps === 0) return 1
  return minScale + (1 - minScale) * 0.5 * (1 + cos((Math.PI * step) / (totalSteps + 1)))
}

/** Bounds AdamW on a gradient whose norm its history bounds, however large it was, if the gammas allow it. */
function boundHistory(hyper: StableSPAMHyper, bounds: Bounds): void {
  const { gamma1, gamma2, minScale, totalSteps } = hyper
  const spread = (1 - gamma1 * minScale) / Math.sqrt((1 - gamma2) * (1 - (gamma1 * gamma1) / gamma2))
  const { gradient } = bounds
  bounds.gradient = gamma1 * gamma1 < gamma2 ? (2 * (bounds.ratio + spread)) / (1 - gamma1) : Infinity
  boundAdam(hyper, bounds, totalSteps === 0)
  bounds.largest = Math.max(bounds.largest, gradient * Math.sqrt(bounds.length))
}
