import { callback, number, oneOf, options as optionsOf, type Random, refuse, show, type VectorLike } from '@opt/core'
import type { NormalSource } from './cloud/normals.ts'
import type { CboState } from './cloud/state.ts'

/** A number for every step, or for each: a function of the number of moves so far. */
export type Schedule = number | ((step: number) => number)

/** A set onto which particles are projected: each of @opt/sets is one. */
export interface Projection {
  dimension: number
  /** Changes a point into the nearest of the set. */
  projectInPlace(x: Float64Array): void
}

/** Options of {@link cbo}. */
export interface CboOptions {
  /** N. Default 100; that of given positions. */
  particles?: number | undefined
  /** Sharpness of the consensus, positive: a schedule, or the fraction of N that shall decide. Default 1000. */
  alpha?: Schedule | { effectiveSampleSize: number; limit?: number | undefined } | undefined
  /** Drift to the consensus. Default 1. */
  lambda?: number | undefined
  /** Noise. Default 7; sqrt(1.6) of the official code satisfies the theory and is weak from 4 dimensions on. */
  sigma?: Schedule | undefined
  /** Length of a step in time. Default 0.01. */
  dt?: number | undefined
  /** Whether noise is in proportion to each coordinate's distance from the consensus (default), or to the whole. */
  noise?: 'anisotropic' | 'isotropic' | undefined
  /** How many particles are evaluated a step and make the consensus. Default: all. */
  batchSize?: number | undefined
  /** Whether all particles move, or those of the batch. Default 'full'. */
  update?: 'full' | 'partial' | undefined
  /** The gradient of f, for the gradient drift. */
  gradient?: ((x: Float64Array, step: number) => VectorLike) | undefined
  /** What the gradient is multiplied by, beside dt: gamma rho in the official code. Default 0. */
  gradientStrength?: number | undefined
  /** A set of @opt/sets, or a function that returns the nearest allowed point. */
  project?: Projection | ((x: Float64Array) => VectorLike) | undefined
  /** All particles get noise sigma sqrt(dt) when no coordinate of the consensus has moved by this much. Default 0. */
  kickBelow?: number | undefined
  /** Removes particles at random as their variance falls, every so many steps. */
  reduction?: { every: number; speed?: number | undefined } | undefined
  /** A seed, a generator to split this run's own from, or recorded normals. Default 0. */
  random?: number | Random | NormalSource | undefined
  /** Called with the cloud once each step is evaluated, to save it where a run may be killed. */
  onState?: ((state: CboState) => void) | undefined
}

/** Their names. */
export const CBO_OPTIONS = [
  'particles',
  'alpha',
  'lambda',
  'sigma',
  'dt',
  'noise',
  'batchSize',
  'update',
  'gradient',
  'gradientStrength',
  'project',
  'kickBelow',
  'reduction',
  'random',
  'onState',
] as const

/** Options, checked; schedules are functions whose numbers are checked. */
export interface Settings {
  alpha: ((step: number) => number) | { effectiveSampleSize: number; limit: number }
  lambda: number
  sigma(step: number): number
  dt: number
  isotropic: boolean
  partial: boolean
  gradient: ((x: Float64Array, step: number) => VectorLike) | undefined
  gradientStrength: number
  kickBelow: number
  reduction: { every: number; speed: number } | undefined
}

export function settingsOf(options: CboOptions): Settings {
  const { alpha = 1000, sigma = 7, noise = 'anisotropic', update = 'full', gradient, reduction } = options
  const dt = number(options.dt ?? 0.01, 'dt', { positive: true })
  const lambda = number(options.lambda ?? 1, 'lambda', { nonnegative: true })
  if (lambda * dt > 2) refuse('lambda dt', 'at most 2, or the drift diverges', show(lambda * dt))
  oneOf(noise, 'noise', ['anisotropic', 'isotropic'])
  oneOf(update, 'update', ['full', 'partial'])
  const gradientStrength = number(options.gradientStrength ?? 0, 'gradientStrength', { nonnegative: true })
  if (gradient !== undefined) callback(gradient, 'gradient')
  else if (gradientStrength > 0) refuse('gradient', 'given where gradientStrength is positive', 'none', 'type')
  return {
    alpha: alphaOf(alpha),
    lambda,
    sigma: scheduleOf(sigma, 'sigma', { nonnegative: true }),
    dt,
    isotropic: noise === 'isotropic',
    partial: update === 'partial',
    gradient,
    gradientStrength,
    kickBelow: number(options.kickBelow ?? 0, 'kickBelow', { nonnegative: true }),
    reduction: reduction && reductionOf(reduction),
  }
}

function alphaOf(alpha: NonNullable<CboOptions['alpha']>): Settings['alpha'] {
  if (typeof alpha !== 'object' || alpha === null) return scheduleOf(alpha, 'alpha', { positive: true })
  const { effectiveSampleSize, limit = 1e5 } = optionsOf(alpha, 'alpha', ['effectiveSampleSize', 'limit'])
  number(effectiveSampleSize, 'alpha.effectiveSampleSize', { positive: true, max: 1 })
  number(limit, 'alpha.limit', { positive: true })
  return { effectiveSampleSize, limit }
}

function reductionOf(given: NonNullable<CboOptions['reduction']>): Settings['reduction'] {
  const { every, speed = 0.2 } = optionsOf(given, 'reduction', ['every', 'speed'])
  number(every, 'reduction.every', { integer: true, min: 1 })
  return { every, speed: number(speed, 'reduction.speed', { nonnegative: true, max: 1 }) }
}

/** Makes a function of a schedule; its numbers are checked. */
export function scheduleOf(
  schedule: Schedule,
  label: string,
  rule: { positive?: boolean; nonnegative?: boolean },
): (step: number) => number {
  if (typeof schedule === 'function') return (step) => number(schedule(step), `${label}(${step})`, rule)
  const value = number(schedule, label, rule)
  return () => value
}
