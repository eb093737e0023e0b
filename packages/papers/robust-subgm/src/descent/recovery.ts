import type { Matrix } from '@opt/core'
import ndarray from 'ndarray'
import type { Measurements } from '../measurements/measurements.ts'
import { gramEigen, product } from './factors.ts'
import type { Iterate } from './iterate.ts'
import { absoluteQuantile, normalQuantile } from './quantiles.ts'

/** A low-rank matrix and what its residuals say of the measurements. */
export interface Recovery {
  /** U, d x r'. */
  factor: Matrix
  /** U U', d x d, positive semidefinite. */
  matrix: Matrix
  /** The r' largest eigenvalues of U U', descending. */
  eigenvalues: Float64Array
  /** The number of eigenvalues before the widest gap; 0 for U = 0. */
  rank: number
  /** The loss at U. */
  objective: number
  /** The deviation of the residuals that are no outliers, by their median. */
  residualScale: number
  /** `residualScale` divided by that of the same entries of y: about norm(U U' - X) / norm(X), or the noise in y. */
  estimatedError: number
  /** The indices of the measurements whose residual is above five times `residualScale`, ascending. */
  outliers: Int32Array
  /** Their part of all measurements, between 0 and 1. */
  corruption: number
}

/** Residuals above this many deviations are outliers: one of 1.7 million normal ones is. */
const OUTLIER = 5

/** Residuals below this part of the scale of y are rounding. */
const ROUNDING = 1e-13

/** Describes the factor of an evaluated iterate. */
export function describe(iterate: Iterate, measurements: Measurements, y: Float64Array): Recovery {
  const { size: d, count: m } = measurements
  const factor = ndarray(iterate.factor.slice(), [d, iterate.rank])
  const { residualScale, estimatedError, outliers } = separate(iterate.residuals, y)
  const { values } = gramEigen(iterate.factor, iterate.rank)
  const eigenvalues = values.reverse()
  const resolution = estimatedError * Math.sqrt(d / m) * Math.sqrt(eigenvalues.reduce((sum, v) => sum + v * v, 0))
  return {
    factor,
    matrix: product(iterate.factor, iterate.rank),
    eigenvalues,
    rank: widestGap(eigenvalues, resolution),
    objective: iterate.objective,
    residualScale,
    estimatedError,
    outliers,
    corruption: outliers.length / m,
  }
}

/**
 * Splits measurements into outliers and others, by a limit that is a multiple of the others' scale: from the median of all,
 * then from that of those within the limit, until nothing changes.
 */
function separate(residuals: Float64Array, y: Float64Array) {
  const all = Int32Array.from(residuals, (_, k) => k)
  let kept = all
  let residualScale = medianScale(residuals, all)
  let yScale = medianScale(y, all)
  for (let round = 0; round < 20; round++) {
    const limit = Math.max(OUTLIER * residualScale, ROUNDING * yScale)
    const next = all.filter((k) => Math.abs(residuals[k]) <= limit)
    if (next.length === kept.length) break
    kept = next
    residualScale = medianScale(residuals, kept)
    yScale = medianScale(y, kept)
  }
  const limit = Math.max(OUTLIER * residualScale, ROUNDING * yScale)
  return {
    residualScale,
    estimatedError: yScale > 0 ? residualScale / yScale : residualScale > 0 ? 1 : 0,
    outliers: all.filter((k) => !(Math.abs(residuals[k]) <= limit)),
  }
}

function medianScale(x: Float64Array, indices: Int32Array): number {
  const values = Float64Array.from(indices, (k) => x[k])
  return absoluteQuantile(values, 0.5, new Float64Array(values.length)) / normalQuantile(0.5)
}

/** The k of the largest ratio of eigenvalue k to k + 1, where what is below the resolution counts as the resolution. */
function widestGap(eigenvalues: Float64Array, resolution: number): number {
  const least = Math.max(resolution, ROUNDING * eigenvalues[0])
  let [rank, widest] = [0, 1]
  for (let k = 0; k < eigenvalues.length; k++) {
    const ratio = eigenvalues[k] / Math.max(eigenvalues[k + 1] ?? 0, least)
    if (ratio > widest) [rank, widest] = [k + 1, ratio]
  }
  return rank
}
