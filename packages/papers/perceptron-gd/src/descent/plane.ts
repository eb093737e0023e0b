import type { Report } from '@opt/core'
import type { Dataset } from '../data/dataset.ts'

/**
 * A plane through feature space: an example a is on its positive side when a'theta + intercept > 0.
 */
export interface Plane {
  /** One coefficient for each feature. */
  theta: Float64Array
  /** 0 when the data have no intercept. */
  intercept: number
}

/** The best plane that a run passed through: fewest mistakes, then the smallest violation. */
export interface BestPlane extends Plane {
  /** Training examples with a margin of 0 or less. */
  misclassified: number
  /** How far the worst training example is on the wrong side, max(0, -min z_i'theta / |theta|). */
  violation: number
  /** Steps made when it was met. */
  steps: number
}

/** What solvers report after each step. */
export interface DescentReport extends Report {
  /**
   * Training examples with z_i'theta <= 0; undefined with `stopWhenSolved: false`, so that it does
   * not end the run.
   */
  error?: number
  misclassified: number
  /** Mean logistic loss. */
  loss: number
  /**
   * What this plane proves from below: min z_i'theta / |theta|, less the rounding errors that it
   * can have.
   */
  marginLower: number
  /**
   * What the steps so far prove from above: the least |sum p_i z_i| / sum p_i, plus rounding
   * errors.
   */
  marginUpper: number
}

/** Answer of the descents and of the perceptron. */
export interface DescentSolution extends Plane {
  /** Mean logistic loss at theta. */
  loss: number
  misclassified: number
  /** Proven bounds of the largest margin: lower <= max over |u| = 1 of min z_i'u <= upper. */
  marginLower: number
  marginUpper: number
  best: BestPlane
  /** Saved state, plain JSON: pass it as `resume` to go on to the same bits. */
  state: DescentState
}

/** A saved run; arrays are base64 of their little-endian float64 bytes. */
export interface DescentState {
  solver: string
  numbers: string
  position: string
  best: string
}

/** Half the distance of 1 to the next number: the relative error of an operation. */
const ROUNDING = 1.1102230246251565e-16

/**
 * A convex combination of the rows shorter than this part of the radius proves that no plane
 * separates.
 */
export const NEGLIGIBLE = 1e-9

/** The end of a run that has such a proof. */
export const INSEPARABLE = {
  status: 'infeasible',
  message: 'no plane has a margin above 1e-9 of the radius, because a convex combination of the examples is that short',
} as const

/** The error that rounding can leave in a margin for |w| = 1, in units of the data. */
export const marginError = ({ rows, scaledRadius }: Dataset): number => (rows.longest + 4) * ROUNDING * scaledRadius

/**
 * The error that rounding can leave in a convex combination of `terms` rows whose weights are
 * accurate.
 */
export const directionError = ({ scaledRadius }: Dataset, terms: number): number =>
  (terms + 8) * ROUNDING * scaledRadius

/** Splits coefficients w, times a factor, into those of the features and the intercept. */
export function planeOf({ intercept, d }: Dataset, w: Float64Array, factor: number): Plane {
  const scaled = w.map((v) => factor * v)
  return intercept ? { theta: scaled.slice(0, d - 1), intercept: scaled[d - 1] } : { theta: scaled, intercept: 0 }
}
