import { boolean, callback, number, oneOf, options as optionsOf, type Random, refuse, show } from '@opt/core'
import { checkFlags, checkRandom } from '../checks.ts'
import { checkCount, type PatternsLike } from '../patterns/patterns.ts'
import { LOSSES, type LossName } from '../program/losses.ts'
import type { ConvexReluReport } from '../program/options.ts'

/** Options of `ConvexReluNetwork`. */
export interface ConvexReluNetworkOptions {
  /** Default squared. */
  loss?: LossName | undefined
  /** Default: regression for the squared loss, classification for hinge and bce. */
  task?: 'regression' | 'classification' | undefined
  /** Weight decay (default 0.1), for the loss summed over rows. The smaller, the more iterations. */
  beta?: number | undefined
  /** The number of patterns (default 50; thick ones when epsilon > 0), `'all'` of them, or the patterns themselves. */
  patterns?: number | 'all' | PatternsLike | undefined
  /** Radius of the perturbations to withstand, in units of the (standardised) features trained on (default 0). */
  epsilon?: number | undefined
  /** d flags: which features may be perturbed (default all; never the intercept). */
  perturbed?: ArrayLike<boolean | number> | undefined
  /** Shift and scale every feature to mean 0 and deviation 1 (default true). */
  standardize?: boolean | undefined
  /** Give the neurons a bias (default true). */
  intercept?: boolean | undefined
  /** Draws the patterns (default random(0)). */
  random?: Random | undefined
  /** Relative gap to stop at (default 1e-2: proven to be within a hundredth of the optimum). */
  tolerance?: number | undefined
  /** Default 10 000. */
  maxIterations?: number | undefined
  /** ADMM's penalty; see `convexRelu`. */
  rho?: number | undefined
}

/** Options of `ConvexReluNetwork.fit`, for watching and aborting it. */
export interface FitOptions {
  onProgress?: (report: ConvexReluReport & { iteration: number; output: number; outputs: number }) => void
  signal?: AbortSignal
}

/** Checks the options of `ConvexReluNetwork`, and copies them. */
export function checkEstimatorOptions(given: ConvexReluNetworkOptions): ConvexReluNetworkOptions {
  const name = 'ConvexReluNetwork'
  const options = optionsOf(given, `${name}: options`, [
    'loss',
    'task',
    'beta',
    'patterns',
    'epsilon',
    'perturbed',
    'standardize',
    'intercept',
    'random',
    'tolerance',
    'maxIterations',
    'rho',
  ])
  const { loss = 'squared', task, beta = 0.1, patterns = 50, epsilon = 0, perturbed } = options
  const { standardize = true, intercept = true, random, tolerance, maxIterations, rho } = options
  oneOf(loss, `${name}: loss`, LOSSES)
  if (task !== undefined) oneOf(task, `${name}: task`, ['regression', 'classification'])
  if (task === 'regression' && loss !== 'squared') refuse(`${name}: loss`, 'squared for regression', `'${loss}'`)
  number(beta, `${name}: beta`, { nonnegative: true })
  number(epsilon, `${name}: epsilon`, { nonnegative: true })
  if (typeof patterns === 'number') checkCount(patterns, `${name}: patterns`)
  else if (typeof patterns === 'string') oneOf(patterns, `${name}: patterns`, ['all'])
  if (tolerance !== undefined) number(tolerance, `${name}: tolerance`, { nonnegative: true })
  if (maxIterations !== undefined) number(maxIterations, `${name}: maxIterations`, { integer: true, min: 1 })
  const listed = Array.isArray(patterns) ? patterns.length > 0 : Object.hasOwn(Object(patterns), 'bits')
  if (typeof patterns !== 'number' && typeof patterns !== 'string' && !listed)
    refuse(`${name}: patterns`, "a number, 'all' or patterns", show(patterns), 'type')
  if (perturbed !== undefined) checkFlags(perturbed, `${name}: perturbed`)
  boolean(standardize, `${name}: standardize`)
  boolean(intercept, `${name}: intercept`)
  if (random !== undefined) checkRandom(random, `${name}: random`)
  if (rho !== undefined) number(rho, `${name}: rho`, { positive: true })
  return { ...options }
}

/** Checks the options of `ConvexReluNetwork.fit`. */
export function checkFitOptions(given: FitOptions): void {
  const { onProgress, signal } = optionsOf(given, 'ConvexReluNetwork.fit: options', ['onProgress', 'signal'])
  if (onProgress !== undefined) callback(onProgress, 'ConvexReluNetwork.fit: onProgress')
  if (signal !== undefined && typeof signal?.aborted !== 'boolean')
    refuse('ConvexReluNetwork.fit: signal', 'an AbortSignal', show(signal), 'type')
}
