import type { Report } from '@opt/core'
import type { AdaSketchNewtonState } from './options.ts'

/** Report of {@link adaSketchNewton} after each iteration. */
export interface AdaSketchNewtonReport extends Report {
  /** |R| = |(grad_x L, c)| at the new point. */
  error: number
  x: Float64Array
  multipliers: Float64Array
  f: number
  /** The merit M at the new point. */
  merit: number
  /** M at the old point, with the same penalties. */
  previousMerit: number
  /** grad M'z at the old point, the slope along the step. */
  directional: number
  /** Whether grad M'z <= -eta2/2 |R|^2, which the penalties are changed for. */
  descent: boolean
  /** Length of the step in units of z. */
  alpha: number
  eta1: number
  eta2: number
  delta: number
  kappa: number
  /** What was added to the diagonal of the Hessian. */
  shift: number
  /** Changes of the penalties in this iteration. */
  penaltyUpdates: number
  /** Steps of the inner solver in this iteration. */
  innerSteps: number
  /** |K z + R| / |R| of the accepted z. */
  innerResidual: number
}

/** Answer of {@link adaSketchNewton}. */
export interface AdaSketchNewtonSolution {
  x: Float64Array
  multipliers: Float64Array
  f: number
  /** |(grad f + G'multipliers, c)|, the KKT residual. */
  kkt: number
  /** The largest |c_i|. */
  violation: number
  /** The least eigenvalue of G G' where it was last computed; 1 without constraints. */
  xiG: number
  /** Why a run of status 'stalled' ended; null otherwise. The message says it in a sentence. */
  reason: 'singular' | 'lineSearch' | 'nonFinite' | null
  /** Steps of the inner solver in all. */
  innerSteps: number
  /** Points at which the functions were evaluated, those within differences not counted. */
  evaluations: number
  /** Hessians that were computed. */
  hessians: number
  state: AdaSketchNewtonState
}
