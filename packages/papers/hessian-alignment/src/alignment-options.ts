import { boolean, number, oneOf, options as optionsOf, type Random, randomFrom, refuse, show } from '@opt/core'
import { type HeadMethod, METHODS } from './penalties/methods.ts'
import type { Probes } from './penalties/probes.ts'
import { VarianceAverage } from './penalties/variance-average.ts'

/** A penalty of features and head: Hessian alignment and its baselines. */
export type AlignmentMethod = HeadMethod | 'coral'

/** Options of {@link alignmentPenalty}. */
export interface AlignmentOptions {
  /** Default 'hgp'. */
  method?: AlignmentMethod | undefined
  /** Factor of the Hessian term of 'hgp', 'diagonal' and 'hutchinson'. Default 1. */
  alpha?: number | undefined
  /** Factor of the gradient term of these and of 'gradient'. Default 1. */
  beta?: number | undefined
  /** Sum over the domains (default), or mean, for 'gradient', 'hgp', 'diagonal', 'hutchinson' and 'fishr'. */
  reduce?: 'sum' | 'mean' | undefined
  /**
   * Multiply residuals of two halves of each domain, floor(n / 2) rows and the rest, instead of squaring them: no bias by
   * the noise of mini-batches; may be negative. Default false. Not for 'coral'.
   */
  unbiased?: boolean | undefined
  /** Treat Hbar gbar of 'hgp' as a constant, as DomainBed does. Default: that of `unbiased`. */
  detached?: boolean | undefined
  /** For 'hutchinson': how many probes to draw, 10,000 at most, or the probes. Default 30. */
  probes?: Probes | undefined
  /** Draw probes for each domain of its own, as the official code does. Default false: the same for all. */
  independentProbes?: boolean | undefined
  /** The seed of the probes, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
  /** For 'fishr': moving averages of the variances, which take in those of this call. */
  average?: VarianceAverage | undefined
  /** Multiplies the penalty in `value` and the gradients. Default 1. */
  weight?: number | undefined
  /** Adds so many times the mean of the domains' losses to `value` and the gradients. Default 0. */
  lossWeight?: number | undefined
}

export const ALIGNMENT_OPTIONS = [
  'method',
  'alpha',
  'beta',
  'reduce',
  'unbiased',
  'detached',
  'probes',
  'independentProbes',
  'seed',
  'average',
  'weight',
  'lossWeight',
] as const

const ALIGNMENT_METHODS: readonly AlignmentMethod[] = [...(Object.keys(METHODS) as HeadMethod[]), 'coral']

/** Checked options, without gaps. */
export interface AlignmentSettings {
  readonly method: AlignmentMethod
  readonly alpha: number
  readonly beta: number
  readonly reduce: 'sum' | 'mean'
  readonly unbiased: boolean
  readonly detached: boolean
  readonly probes: Probes
  readonly independentProbes: boolean
  readonly rng: Random
  readonly average: VarianceAverage | undefined
  readonly weight: number
  readonly lossWeight: number
}

/** Checks options of {@link alignmentPenalty} and fills in the defaults. */
export function checkAlignment(given?: AlignmentOptions): AlignmentSettings {
  const all = optionsOf(given, 'options', ALIGNMENT_OPTIONS)
  const { alpha = 1, beta = 1, unbiased = false, weight = 1, lossWeight = 0, probes = 30, average } = all
  const method = oneOf(all.method ?? 'hgp', 'method', ALIGNMENT_METHODS)
  for (const [name, factor] of Object.entries({ alpha, beta, weight, lossWeight }))
    number(factor, name, { nonnegative: true })
  boolean(unbiased, 'unbiased')
  if (unbiased && method === 'coral') refuse('unbiased', "false with method 'coral'", 'true')
  const detached = boolean(all.detached ?? unbiased, 'detached')
  const independentProbes = boolean(all.independentProbes ?? false, 'independentProbes')
  if (typeof probes === 'number') number(probes, 'probes', { integer: true, min: 1, max: 10_000 })
  else if (independentProbes) refuse('probes', 'a number with independentProbes', show(probes), 'type')
  if (average !== undefined && !(average instanceof VarianceAverage))
    refuse('average', 'a VarianceAverage', show(average), 'type')
  const reduce = oneOf(all.reduce ?? 'sum', 'reduce', ['sum', 'mean'])
  const rng = randomFrom(all.seed ?? 0, 'seed')
  return {
    method,
    alpha,
    beta,
    reduce,
    unbiased,
    detached,
    probes,
    independentProbes,
    rng,
    average,
    weight,
    lossWeight,
  }
}
