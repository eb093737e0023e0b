import {
  calling,
  type Matrix,
  number,
  options as optionsOf,
  type Random,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { checkMeasurements, type Measurements } from '../measurements/measurements.ts'
import { packedLength } from '../measurements/packing.ts'
import { absoluteQuantile, normalQuantile } from './quantiles.ts'

/** Options of {@link spectralInitialization}. */
export interface SpectralOptions {
  /** r', the columns of the factor. Default d. */
  rank?: number | undefined
  /** Scale of the start. Default 1e-5. */
  alpha?: number | undefined
  /**
   * Least eigenvalue of C that a column gets, as a part of the largest |eigenvalue|. Default 0, as in the paper: columns
   * of negative eigenvalues are 0, and stay 0 for ever.
   */
  floor?: number | undefined
}

/**
 * Computes the paper's spectral start U_0 = alpha B, d x r', with B B' the positive part, of rank r' at most, of
 * C = (1/m) sum sign(y_k) (A_k + A_k')/2. Outliers of any size move C by a bounded amount.
 *
 * @param y m numbers.
 * @throws TypeError or RangeError when the rank is not between 1 and d, alpha is not positive, or every column would be 0.
 */
export function spectralInitialization(measurements: Measurements, y: VectorLike, options?: SpectralOptions): Matrix {
  return calling('spectralInitialization', () => {
    checkMeasurements(measurements)
    const { size: d } = measurements
    const { rank = d, alpha = 1e-5, floor = 0 } = optionsOf(options, 'options', ['rank', 'alpha', 'floor'])
    number(rank, 'rank', { integer: true, min: 1, max: d })
    number(alpha, 'alpha', { positive: true })
    number(floor, 'floor', { min: 0, max: 1 })
    const values = vector(y, 'y', { length: measurements.count })
    const U = spectralFactor(spectrumOf(measurements, values), rank, alpha, floor)
    if (U.every((value) => value === 0))
      refuse('y', 'such that C has a positive eigenvalue (or floor positive)', 'none')
    return ndarray(U, [d, rank])
  })
}

/** Eigenvalues of C, ascending, and its eigenvectors in columns. */
export interface Spectrum {
  values: Float64Array
  vectors: Float64Array
}

/** The eigenvalues and eigenvectors of C. */
export function spectrumOf(measurements: Measurements, y: Float64Array): Spectrum {
  const { values, vectors } = symmetricEigen(measurements.signAdjoint(y))
  return { values, vectors: vectors!.data }
}

/** scale V diag(sqrt(max(lambda, floor max |lambda|))), the columns of the r largest eigenvalues. */
export function spectralFactor({ values, vectors }: Spectrum, r: number, scale: number, floor: number): Float64Array {
  const d = values.length
  const least = floor * Math.max(Math.abs(values[0]), Math.abs(values[d - 1]))
  const U = new Float64Array(d * r)
  for (let k = 0; k < r; k++) {
    const root = scale * Math.sqrt(Math.max(values[d - 1 - k], least))
    for (let i = 0; i < d; i++) U[i * r + k] = root * vectors[i * d + d - 1 - k]
  }
  return U
}

/** scale N(0, 1) / sqrt(r) in every entry. */
export function randomFactor(d: number, r: number, scale: number, random: Random | undefined): Float64Array {
  if (typeof random?.normal !== 'function') refuse('random', 'a Random', show(random), 'type')
  return Float64Array.from({ length: d * r }, () => (scale * random.normal()) / Math.sqrt(r))
}

/** The size of measurements in comparison with standard normal ones. */
export interface MeasurementSize {
  /** kappa, 1 for standard normal measurements: <A, X> has about the size kappa norm(X). */
  norm: number
  /** The part of the entries that is not 0. */
  density: number
}

/** kappa^2 = the mean squared norm of the symmetric part of A_k, divided by d(d+1)/2. */
export function sizeOf(measurements: Measurements): MeasurementSize {
  const { squaredNorm, nonzeros } = measurements.totals()
  const entries = measurements.count * packedLength(measurements.size)
  return { norm: Math.sqrt(squaredNorm / entries) || 1, density: nonzeros / entries }
}

/** s: the q-quantile of the |y_k|, divided by that of |N(0, 1)|. */
export function scaleOf(y: Float64Array, q: number): number {
  return absoluteQuantile(y, q, new Float64Array(y.length)) / normalQuantile(q)
}

/** 1 / (4 lambda_1(C) sqrt(pi/2) s_0): a quarter of the inverse of what estimates the largest eigenvalue of X. */
export function defaultEta({ values }: Spectrum, initialScale: number): number {
  const largest = Math.max(Math.abs(values[0]), Math.abs(values[values.length - 1]))
  const sigma = largest * Math.sqrt(Math.PI / 2) * initialScale
  return sigma > 0 ? 0.25 / sigma : 1
}

/** Calls a function when its value is first asked for. */
export function once(work: () => number): () => number {
  let value: number | undefined
  return () => {
    value ??= work()
    return value
  }
}
