import type { Random } from '@opt/core'
import type { LossName } from './losses.ts'
import type { ConvexReluReport } from './options.ts'
import type { PatternsLike } from './patterns.ts'

/** Options of `ConvexReluNetwork`. */
export interface ConvexReluNetworkOptions {
  /** Default squared. */
  loss?: LossName
  /** Default: regression for the squared loss, classification for hinge and bce. */
  task?: 'regression' | 'classification'
  /** Weight decay (default 0.1), for the loss summed over rows. The smaller, the longer it takes. */
  beta?: number
  /** How many (default 50; thick ones when epsilon > 0), `'all'` by enumeration, or the patterns themselves. */
  patterns?: number | 'all' | PatternsLike
  /** Radius of the perturbations to withstand, in units of the features as trained on: standardised ones if `standardize` (default 0). */
  epsilon?: number
  /** Which features may be perturbed (default all; never the intercept). */
  perturbed?: ArrayLike<boolean | number>
  /** Shift and scale every feature to mean 0 and deviation 1 (default true). */
  standardize?: boolean
  /** Give the neurons a bias (default true). */
  intercept?: boolean
  /** Draws the patterns (default random(0)). */
  random?: Random
  /** Relative gap to stop at (default 1e-2: proven to be within a hundredth of the optimum). */
  tolerance?: number
  /** Default 10 000. */
  maxIterations?: number
  rho?: number
}

/** What a fit can be watched by. */
export interface FitOptions {
  onProgress?: (report: ConvexReluReport & { iteration: number; output: number; outputs: number }) => void
  signal?: AbortSignal
}
