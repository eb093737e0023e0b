import { boolean, number, oneOf, type Random, randomFrom } from '@opt/core'
import { ACTIVATIONS, type ActivationName } from './activations.ts'
import { LOSS_NAMES, type LossName } from './losses.ts'

/** How a boosted network is grown. */
export interface GrowthOptions {
  /**
   * 'squared' (default) for numbers, also several a row; 'logistic' for two classes; 'softmax' for two or more.
   */
  loss?: LossName | undefined
  /** The number of hidden units of the whole network, 1 to 100 000 (default 200). */
  units?: number | undefined
  /** J, the number of units of each stage, at most `units` (default 5). */
  neuronsPerStep?: number | undefined
  /** Multiplies the step of each stage, positive (default 0.1). */
  learningRate?: number | undefined
  /** The share of the rows that each stage is trained on, above 0 and at most 1 (default 0.5). */
  subsample?: number | undefined
  /** Weight decay of each stage, divided by its number of rows (default 1e-4). */
  l2?: number | undefined
  /** The activation of the hidden units (default 'sigmoid'). */
  activation?: ActivationName | undefined
  /**
   * The outputs before the first stage: 0, or the best constants (mean, half log odds, log frequencies). Default
   * 'prior'; 'zero' for the soft-max.
   */
  initial?: 'zero' | 'prior' | undefined
  /** Never let a stage raise the training loss: halve its step until it does not (default true). */
  safeguard?: boolean | undefined
  /** What trains a stage (default 'lbfgs'). */
  inner?: 'lbfgs' | 'gradient-descent' | undefined
  /** Iterations of each stage at most (default 200). */
  innerIterations?: number | undefined
  /** The step size of 'gradient-descent' (default 0.5). */
  innerRate?: number | undefined
  /** Draws rows and starts: an integer, or a generator to draw from (default 0). */
  seed?: number | Random | undefined
}

export const GROWTH_OPTIONS = [
  'loss',
  'units',
  'neuronsPerStep',
  'learningRate',
  'subsample',
  'l2',
  'activation',
  'initial',
  'safeguard',
  'inner',
  'innerIterations',
  'innerRate',
  'seed',
] as const

/** Checked options. */
export interface Settings extends NoUndefined<Omit<GrowthOptions, 'seed' | 'initial'>> {
  initial: 'zero' | 'prior' | undefined
  random: Random
  /** T = floor(units / J) */
  stages: number
}

type NoUndefined<O> = { [Name in keyof O]-?: NonNullable<O[Name]> }

/** Fills in the defaults and checks everything; errors name the option, after `prefix`. */
export function checkSettings(given: GrowthOptions, prefix = ''): Settings {
  const { loss = 'squared', units = 200, learningRate = 0.1, subsample = 0.5, l2 = 1e-4 } = given
  const { activation = 'sigmoid', initial, safeguard = true } = given
  const { inner = 'lbfgs', innerIterations = 200, innerRate = 0.5, seed = 0 } = given
  number(units, `${prefix}units`, { integer: true, min: 1, max: 100_000 })
  const neuronsPerStep = given.neuronsPerStep ?? Math.min(5, units)
  number(neuronsPerStep, `${prefix}neuronsPerStep`, { integer: true, min: 1, max: units })
  if (initial !== undefined) oneOf(initial, `${prefix}initial`, ['zero', 'prior'])
  return {
    loss: oneOf(loss, `${prefix}loss`, LOSS_NAMES),
    units,
    neuronsPerStep,
    learningRate: number(learningRate, `${prefix}learningRate`, { positive: true }),
    subsample: number(subsample, `${prefix}subsample`, { positive: true, max: 1 }),
    l2: number(l2, `${prefix}l2`, { nonnegative: true }),
    activation: oneOf(activation, `${prefix}activation`, ACTIVATIONS),
    initial,
    safeguard: boolean(safeguard, `${prefix}safeguard`),
    inner: oneOf(inner, `${prefix}inner`, ['lbfgs', 'gradient-descent']),
    innerIterations: number(innerIterations, `${prefix}innerIterations`, { integer: true, min: 1 }),
    innerRate: number(innerRate, `${prefix}innerRate`, { positive: true }),
    random: randomFrom(seed, `${prefix}seed`),
    stages: Math.floor(units / neuronsPerStep),
  }
}
