import {
  boolean,
  callback,
  number,
  oneOf,
  options as optionsOf,
  type Random,
  randomFrom,
  refuse,
  SOLVE_OPTIONS,
  show,
} from '@opt/core'
import type { Stepper } from '@opt/nn'
import { Adam, type AdamHyper, type OptimizerOptions } from '@opt/optimizers'
import {
  type AlignmentMethod,
  type AlignmentOptions,
  type AlignmentSettings,
  checkAlignment,
} from '../alignment-options.ts'
import { VarianceAverage } from '../penalties/variance-average.ts'
import type { AlignedModel } from './aligned-model.ts'
import type { AcrossCheckpoint } from './checkpoint.ts'

/** What training across domains adds to the mean loss: a penalty, nothing ('erm'), or the network's own of IGA and Fish. */
export type TrainingMethod = AlignmentMethod | 'erm' | 'iga' | 'fish'

/** Options of {@link trainAcrossDomains}. */
export interface AcrossOptions
  extends Pick<
    AlignmentOptions,
    'alpha' | 'beta' | 'reduce' | 'unbiased' | 'detached' | 'probes' | 'independentProbes'
  > {
  /** Default 'diagonal'. */
  method?: TrainingMethod | undefined
  /** The weight of the penalty from step `annealSteps` on. Default 1e4. */
  weight?: number | undefined
  /** The weight before. Default 1. */
  startWeight?: number | undefined
  /** Default 300. */
  annealSteps?: number | undefined
  /** Divide loss, l2 and penalty by max(1, weight): right for Adam, which is free of scale; not for SGD. Default true. */
  rescale?: boolean | undefined
  /** Start a new optimizer at step `annealSteps`, as DomainBed does. Default false. */
  resetOptimizer?: boolean | undefined
  /** Default 900. */
  steps?: number | undefined
  /** Examples of each domain in a step; all of a smaller domain. Default 1000. */
  batchSize?: number | undefined
  /** Of Adam. Default 1e-3. */
  learningRate?: number | undefined
  /** Factor of the sum of squares of all parameters. Default 1e-3. */
  l2?: number | undefined
  /** Of 'fish': the share of the way to the parameters after a step on each domain. Default 0.5. */
  metaRate?: number | undefined
  /** Of 'fishr': the decay of moving averages of the variances; DomainBed has 0.95. Default 0: none. */
  varianceDecay?: number | undefined
  /** Makes another optimizer of the parameters. Default Adam. */
  optimizer?: ((parameters: Float64Array | Float32Array) => Stepper) | undefined
  /** The precision of a network that is made of sizes. Default 'float32'. */
  dtype?: 'float64' | 'float32' | undefined
  /** The seed of weights, batches and probes, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
  /** Returns the examples of a domain in a step, instead of drawing them. */
  sample?: ((step: number, domain: number) => ArrayLike<number>) | undefined
  /** Steps between reports. Default 1. */
  reportEvery?: number | undefined
  /** Returns measures to add to each report. */
  evaluate?: ((model: AlignedModel) => Record<string, number>) | undefined
  /** A checkpoint to go on from, to the same bits under the same options. */
  resume?: AcrossCheckpoint | undefined
}

export const ACROSS_OPTIONS = [
  'method',
  'alpha',
  'beta',
  'reduce',
  'unbiased',
  'detached',
  'probes',
  'independentProbes',
  'weight',
  'startWeight',
  'annealSteps',
  'rescale',
  'resetOptimizer',
  'steps',
  'batchSize',
  'learningRate',
  'l2',
  'metaRate',
  'varianceDecay',
  'optimizer',
  'dtype',
  'seed',
  'sample',
  'reportEvery',
  'evaluate',
  'resume',
] as const

const TRAINING_METHODS: readonly TrainingMethod[] = [
  'diagonal',
  'hgp',
  'hutchinson',
  'gradient',
  'erm',
  'irm',
  'vrex',
  'fishr',
  'coral',
  'iga',
  'fish',
]

/** Checked options of {@link trainAcrossDomains}. */
export interface AcrossSettings {
  readonly method: TrainingMethod
  /** The penalty of a head; with weight 0 for 'erm', 'iga' and 'fish'. */
  readonly alignment: AlignmentSettings
  readonly weight: number
  readonly startWeight: number
  readonly annealSteps: number
  readonly rescale: boolean
  readonly resetOptimizer: boolean
  readonly steps: number
  readonly batchSize: number
  readonly l2: number
  readonly metaRate: number
  readonly reportEvery: number
  readonly rng: Random
  readonly makeOptimizer: (parameters: Float64Array | Float32Array) => Stepper
  readonly average: VarianceAverage | undefined
}

/** Checks the options and fills in the defaults. */
export function checkAcross(given: AcrossOptions): AcrossSettings {
  const all = optionsOf(given, 'options', [...ACROSS_OPTIONS, ...SOLVE_OPTIONS] as never)
  const method = oneOf(all.method ?? 'diagonal', 'method', TRAINING_METHODS)
  const { weight = 1e4, startWeight = 1, learningRate = 1e-3, l2 = 1e-3, metaRate = 0.5, varianceDecay = 0 } = all
  const { steps = 900, annealSteps = 300, batchSize = 1000, reportEvery = 1, optimizer, evaluate, sample } = all
  for (const [name, value] of Object.entries({ weight, startWeight, learningRate, l2 }))
    number(value, name, { nonnegative: true })
  for (const [name, value] of Object.entries({ steps, annealSteps })) number(value, name, { integer: true, min: 0 })
  number(reportEvery, 'reportEvery', { integer: true, min: 1 })
  number(batchSize, 'batchSize', { integer: true, min: all.unbiased || method === 'coral' ? 2 : 1 })
  for (const [name, call] of Object.entries({ optimizer, evaluate, sample }))
    if (call !== undefined) callback(call as () => unknown, name)
  number(metaRate, 'metaRate', { min: 0, max: 1 })
  const ofHead = method !== 'erm' && method !== 'iga' && method !== 'fish'
  if (!ofHead && all.unbiased) refuse('unbiased', `left out with method '${method}'`, 'true')
  const average = method === 'fishr' && varianceDecay !== 0 ? new VarianceAverage(varianceDecay) : undefined
  number(varianceDecay, 'varianceDecay', { min: 0, max: 0.999999 })
  const { alpha, beta, reduce, detached, probes, independentProbes } = all
  const rng = randomFrom(all.seed ?? 0, 'seed')
  const alignment = checkAlignment({
    method: ofHead ? method : 'vrex',
    unbiased: all.unbiased,
    seed: rng,
    alpha,
    beta,
    reduce,
    detached,
    probes,
    independentProbes,
    average,
  })
  return {
    method,
    alignment,
    weight: method === 'erm' || method === 'fish' ? 0 : weight,
    startWeight: method === 'erm' || method === 'fish' ? 0 : startWeight,
    annealSteps,
    rescale: boolean(all.rescale ?? true, 'rescale'),
    resetOptimizer: boolean(all.resetOptimizer ?? false, 'resetOptimizer'),
    steps,
    batchSize,
    l2,
    metaRate,
    reportEvery,
    rng,
    makeOptimizer: (parameters) => madeBy(optimizer, parameters, { learningRate }),
    average,
  }
}

function madeBy(
  optimizer: AcrossOptions['optimizer'],
  parameters: Float64Array | Float32Array,
  options: OptimizerOptions<AdamHyper>,
): Stepper {
  if (!optimizer) return new Adam(parameters, options) as unknown as Stepper
  const made = optimizer(parameters)
  if (typeof made?.step !== 'function') refuse('optimizer', 'a function that returns an optimizer', show(made), 'type')
  return made
}
