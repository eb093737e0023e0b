import {
  calling,
  dot,
  type Matrix,
  norm,
  number,
  oneOf,
  options as optionsOf,
  type Random,
  refuse,
  show,
  tan,
} from '@opt/core'
import ndarray from 'ndarray'
import { gaussianMeasurements } from '../measurements/dense.ts'
import type { Measurements } from '../measurements/measurements.ts'
import { rankOneMeasurements } from '../measurements/rank-one.ts'
import { entryMeasurements } from '../measurements/sparse.ts'

/** Options of {@link syntheticProblem}. */
export interface ProblemOptions {
  /** d. */
  size: number
  /** r, between 1 and d. */
  rank: number
  /** m. */
  count: number
  /** p: the part of the measurements with an outlier, between 0 and 1; round(p m) of them. Default 0. */
  corruption?: number | undefined
  /** M: the deviation of normal outliers, the value of constant ones, the half width of Cauchy ones. Default 1. */
  outlierScale?: number | undefined
  /** Default 'normal'. */
  outlier?: 'normal' | 'constant' | 'cauchy' | undefined
  /** nu: the deviation of normal noise in every measurement. Default 0. */
  noise?: number | undefined
  /** Largest over smallest eigenvalue of X*, evenly spaced between 1 and its inverse. Default 1. */
  condition?: number | undefined
  /**
   * 'gaussian': independent standard normal entries; 'rank-one': v v' with standard normal v; 'entries': places of the
   * upper triangle drawn uniformly, with replacement. Default 'gaussian'.
   */
  measurement?: 'gaussian' | 'rank-one' | 'entries' | undefined
  random: Random
}

/** A problem with its answer, made by {@link syntheticProblem}. */
export interface Problem {
  measurements: Measurements
  /** y = A(X*) + noise, m numbers. */
  y: Float64Array
  /** X* = Q diag(eigenvalues) Q' with a random orthonormal Q, d x d. */
  truth: Matrix
  /** y - A(X*). */
  noise: Float64Array
  /** The indices with an outlier, ascending. */
  corrupted: Int32Array
}

/**
 * Draws a problem of the paper's experiments.
 *
 * @throws TypeError or RangeError that names the wrong option.
 */
export function syntheticProblem(options: ProblemOptions): Problem {
  return calling('syntheticProblem', () => {
    const given = optionsOf(options, 'options', [
      'size',
      'rank',
      'count',
      'corruption',
      'outlierScale',
      'outlier',
      'noise',
      'condition',
      'measurement',
      'random',
    ])
    const { corruption = 0, outlierScale = 1, outlier = 'normal', measurement = 'gaussian', random } = given
    const d = number(given.size, 'size', { integer: true, min: 1, max: 46340 })
    const r = number(given.rank, 'rank', { integer: true, min: 1, max: d })
    const m = number(given.count, 'count', { integer: true, min: 1 })
    number(corruption, 'corruption', { min: 0, max: 1 })
    number(outlierScale, 'outlierScale', { nonnegative: true })
    oneOf(outlier, 'outlier', ['normal', 'constant', 'cauchy'])
    oneOf(measurement, 'measurement', ['gaussian', 'rank-one', 'entries'])
    const nu = number(given.noise ?? 0, 'noise', { nonnegative: true })
    const condition = number(given.condition ?? 1, 'condition', { min: 1 })
    if (typeof random?.normal !== 'function') refuse('random', 'a Random', show(random), 'type')

    const truth = randomMatrix(d, r, condition, random)
    const measurements = drawMeasurements(measurement, m, d, random)
    const noise = new Float64Array(m)
    if (nu > 0) for (let k = 0; k < m; k++) noise[k] = random.normal(0, nu)
    const corrupted = random.choice(m, Math.round(corruption * m)).sort()
    for (const k of corrupted) {
      if (outlier === 'normal') noise[k] += random.normal(0, outlierScale)
      else if (outlier === 'constant') noise[k] += outlierScale
      else noise[k] += outlierScale * tan(Math.PI * (random.uniform() - 0.5))
    }
    const y = measurements.forward(truth).map((value, k) => value + noise[k])
    return { measurements, y, truth, noise, corrupted }
  })
}

function drawMeasurements(
  kind: 'gaussian' | 'rank-one' | 'entries',
  m: number,
  d: number,
  random: Random,
): Measurements {
  if (kind === 'gaussian') return gaussianMeasurements(m, d, random)
  if (kind === 'rank-one')
    return rankOneMeasurements(
      ndarray(
        Float64Array.from({ length: m * d }, () => random.normal()),
        [m, d],
      ),
    )
  const [rows, columns] = [new Int32Array(m), new Int32Array(m)]
  for (let k = 0; k < m; k++) {
    // A uniform place of the triangle: the rectangle of d x (d + 1) holds it twice.
    const [i, j] = [random.integer(0, d), random.integer(0, d + 1)]
    rows[k] = j > i ? i : d - 1 - i
    columns[k] = j > i ? j - 1 : d - 1 - j
  }
  return entryMeasurements({ size: d, rows, columns })
}

/** Q diag Q' with eigenvalues from 1 to 1/condition; Q from Gram-Schmidt on normal columns. */
function randomMatrix(d: number, r: number, condition: number, random: Random): Matrix {
  const columns: Float64Array[] = []
  while (columns.length < r) {
    const q = Float64Array.from({ length: d }, () => random.normal())
    for (let pass = 0; pass < 2; pass++)
      for (const other of columns) {
        const inner = dot(q, other)
        for (let i = 0; i < d; i++) q[i] -= inner * other[i]
      }
    const length = norm(q)
    if (length > 1e-8) columns.push(q.map((value) => value / length))
  }
  const X = new Float64Array(d * d)
  columns.forEach((q, k) => {
    const value = r === 1 ? 1 : 1 - (k / (r - 1)) * (1 - 1 / condition)
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) X[i * d + j] += value * (q[i] * q[j])
  })
  return ndarray(X, [d, d])
}
