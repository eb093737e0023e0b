import type { Scale } from '@opt/core'
import type { SamplingOptions } from '../training/settings.ts'

/** An arm: a way to train supernets, some seeds of it. */
export interface Arm {
  seeds: number
  /** Default: those of the plan. */
  epochs?: number
  sampling: SamplingOptions
}

/** How much to run. */
export interface Plan {
  /** Of the models by themselves; null: the recorded truth of MNIST. */
  truth: { seeds: number; epochs: number } | null
  epochs: number
  batchSize: number
  arms: Record<string, Arm>
  /** Where to measure the variance of the gradient, in epochs; on how many examples; of how many trainings. */
  variance: { checkpoints: number[]; count: number; seeds: number } | null
}

/** Distributions of none, skip, thin, dense and pool: the operations with parameters, and those without. */
const DRIFT = [0, 0, 0.5, 0.5, 0]
const ANTI = [1 / 3, 1 / 3, 0, 0, 1 / 3]

/** What is compared; FairNAS trains five paths a step, so a fifth of the epochs costs as much. */
const pair = (seeds: number): Plan['arms'] => ({
  SPOS: { seeds, sampling: { method: 'spos' } },
  'PA&DA': { seeds, sampling: {} },
})
/** What examples add is small, so that these arms have `most` seeds. */
const controls = (epochs: number, seeds: number, most: number): Plan['arms'] => ({
  FairNAS: { seeds, epochs: epochs / 5, sampling: { method: 'fairnas' } },
  'paths only': { seeds: most, sampling: { data: false } },
  'data only': { seeds: most, sampling: { path: false } },
  'drift without norms': { seeds, sampling: { data: false, bias: DRIFT } },
  'drift and data': { seeds, sampling: { bias: DRIFT } },
  'drift to no parameters': { seeds: 3, sampling: { data: false, bias: ANTI } },
})
const variants: Plan['arms'] = {
  'PA&DA, tau at most 0.5': { seeds: 5, sampling: { tauMax: 0.5 } },
  'PA&DA with weights': { seeds: 5, sampling: { weights: true } },
  'table of paths, weights': { seeds: 3, sampling: { path: 'table', weights: true, tauMax: 0.9, data: false } },
}

/** On MNIST, at the sizes of the reference implementation: 40 epochs in batches of 128. */
export function mnistPlan(scale: Scale): Plan {
  const sizes = { epochs: 40, batchSize: 128 }
  if (scale === 'quick') return { ...sizes, truth: null, arms: pair(2), variance: null }
  const few = { checkpoints: [40], count: 200, seeds: 5 }
  if (scale === 'standard') return { ...sizes, truth: null, arms: { ...pair(5), ...controls(40, 5, 5) }, variance: few }
  return {
    ...sizes,
    truth: { seeds: 2, epochs: 12 },
    arms: { ...pair(10), ...controls(40, 5, 10), ...variants },
    variance: { checkpoints: [1, 10, 40], count: 600, seeds: 8 },
  }
}

/** On the digits of 8 x 8 pixels, where MNIST is absent. */
export function digitsPlan(scale: Scale): Plan {
  const sizes = { epochs: 40, batchSize: 32, variance: null }
  if (scale === 'quick') return { ...sizes, truth: { seeds: 1, epochs: 10 }, epochs: 20, arms: pair(3) }
  const arms = { ...pair(5), ...controls(40, 5, 5) }
  return { ...sizes, truth: { seeds: 2, epochs: 30 }, arms: scale === 'full' ? { ...arms, ...variants } : arms }
}
