import { number } from '@opt/core'
import type { SearchSpace } from '../space.ts'
import type { TrainingState } from '../training/checkpoint.ts'
import {
  DESCENT,
  type DescentOptions,
  descentOf,
  SAMPLING,
  type SamplingOptions,
  samplingOf,
} from '../training/settings.ts'

/** Options of {@link searchModels}: those of training, with 60 epochs in batches of 64, and: */
export interface SearchModelsOptions extends DescentOptions, SamplingOptions {
  /** Default 24. */
  channels?: number | undefined
  /** Default 2. */
  bottleneck?: number | undefined
  /** How many of the best that are different functions are trained by themselves. Default 3. */
  finalists?: number | undefined
  /** Refuses models with more parameters. Default: none. */
  maxParameters?: number | undefined
  /** Share of the examples that choose, and share that measure the choice. Default 0.2 each. */
  validation?: number | undefined
  test?: number | undefined
  /** Seed of everything. Default 0. */
  seed?: number | undefined
  /** Go on from the `checkpoint` of a search of the same table, space and options. */
  resume?: TrainingState | undefined
}

/** Names of the options that are the search's own. */
const OWN = ['channels', 'bottleneck', 'finalists', 'maxParameters', 'validation', 'test', 'seed', 'resume'] as const
export const SEARCH_OPTIONS: (keyof SearchModelsOptions)[] = [...DESCENT, ...SAMPLING, ...OWN]

/** How much is searched. */
export interface SearchSettings {
  finalists: number
  validation: number
  test: number
  seed: number
  maxParameters: number
}

/** How the search trains. */
export interface TrainingSettings {
  descent: DescentOptions & { epochs: number; batchSize: number }
  sampling: SamplingOptions
}

/** Checks the options of how much is searched, with their defaults. */
export function searchSettings(options: SearchModelsOptions): SearchSettings {
  const { finalists = 3, validation = 0.2, test = 0.2, maxParameters } = options
  number(finalists, 'finalists', { integer: true, min: 1 })
  number(validation, 'validation', { positive: true, max: 0.9 })
  number(test, 'test', { positive: true, max: 0.9 })
  const seed = number(options.seed ?? 0, 'seed', { integer: true })
  if (maxParameters !== undefined) number(maxParameters, 'maxParameters', { integer: true, min: 1 })
  return { finalists, validation, test, seed, maxParameters: maxParameters ?? Infinity }
}

/** Checks the options of training on `count` examples; returns those given, with the search's own defaults. */
export function trainingSettings(options: SearchModelsOptions, count: number, space: SearchSpace): TrainingSettings {
  const epochs = options.epochs ?? 60
  const batchSize = options.batchSize ?? Math.min(64, count)
  descentOf({ ...options, epochs, batchSize }, count, { epochs, batchSize })
  samplingOf(options, space)
  return { descent: { ...pick(options, DESCENT), epochs, batchSize }, sampling: pick(options, SAMPLING) }
}

function pick<T extends object, K extends keyof T>(given: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  ) as Pick<T, K>
}
