import {
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  type Random,
  type Report,
  refuse,
  type Solver,
  solver,
  type VectorLike,
} from '@opt/core'
import ndarray from 'ndarray'
import { checkRandom } from '../checks.ts'
import { safeNorm } from '../program/certificate.ts'
import type { LossName } from '../program/losses.ts'
import type { Network } from '../program/network.ts'
import { checkData } from '../program/problem.ts'
import { createLasso, dualBound, objectiveOf } from './lasso.ts'
import { lassoMethods } from './lasso-methods.ts'

/** Options of {@link sampledConvex}. */
export interface SampledConvexOptions {
  /** Hidden weights of the candidate neurons, N x d; scaled to length 1. */
  directions?: MatrixLike
  /** Instead of `directions`: the number of Gaussian ones to draw from `random`. */
  count?: number
  random?: Random
  /** Default squared. */
  loss?: LossName
  /** Weight decay (default 1e-4). */
  beta?: number
  /**
   * Default: `split` (ADMM) for the hinge; otherwise `coordinate-descent` if there are more
   * directions than rows, else `fista`.
   */
  method?: 'fista' | 'coordinate-descent' | 'split'
}

/** Report of {@link sampledConvex}; `error` is the relative duality gap. */
export interface SampledConvexReport extends Report {
  error: number
  /** Loss, summed over rows, and weight decay. */
  objective: number
  /** The best so far. */
  lowerBound: number
}

/** Answer of {@link sampledConvex}. */
export interface SampledConvexSolution {
  /** N output weights. */
  alpha: Float64Array
  /** N x d, of length 1. */
  directions: Matrix
  /** Has the program's objective. */
  network: Network
  objective: number
  /** Of the program with these directions. */
  lowerBound: number
  gap: number
}

/** Entries of H: two copies take 1.6 GB. */
const MOST_FEATURES = 1e8

/** Returns the directions given or drawn, scaled to length 1. */
function unitDirections({ directions, count, random }: SampledConvexOptions, d: number): Float64Array {
  let rows: Float64Array
  if (directions !== undefined) rows = matrix(directions, 'directions', { columns: d }).data.slice()
  else {
    number(count, 'count', { integer: true, min: 1 })
    number(count, 'count', { max: MOST_FEATURES })
    if (random === undefined) refuse('random', 'given with count (see random of @opt/core)', 'undefined', 'type')
    checkRandom(random, 'random')
    rows = Float64Array.from({ length: (count as number) * d }, () => (random as Random).normal())
  }
  for (let k = 0; k < rows.length; k += d) {
    // First by the largest entry where needed: lengths of tiny entries are rounded, those of huge ones overflow.
    const row = rows.subarray(k, k + d)
    const high = row.reduce((largest, v) => Math.max(largest, Math.abs(v)), 0)
    if (high === 0) refuse(`directions[${k / d}]`, 'nonzero', 'a row of zeros')
    if (high < 1e-100 || high > 1e100) for (let j = 0; j < d; j++) row[j] /= high
    const length = safeNorm(row)
    for (let j = 0; j < d; j++) row[j] /= length
  }
  return rows
}

/**
 * Solves the sampled convex program: hidden weights u_i are random unit vectors, and only the
 * output weights are trained, with the l1 norm that weight decay on both layers amounts to. Simpler
 * than {@link convexRelu}, but needs many more neurons.
 *
 * @param X n x d; append a column of ones for a bias.
 * @param y n targets; -1 and 1 for hinge and bce.
 * @throws TypeError or RangeError that names the invalid argument.
 */
export const sampledConvex: Solver<
  [X: MatrixLike, y: VectorLike, options: SampledConvexOptions],
  SampledConvexReport,
  SampledConvexSolution
> = solver(
  'sampledConvex',
  function* (X, y, options) {
    const data = checkData(X, y, options.loss)
    const { n, d, loss } = data
    const directions = unitDirections(options, d)
    const N = directions.length / d
    if (n * N > MOST_FEATURES) refuse('count', `at most ${Math.floor(MOST_FEATURES / n)} with ${n} rows`, String(N))
    const beta = number(options.beta ?? 1e-4, 'beta', { nonnegative: true })
    const usual = loss.name === 'hinge' ? 'split' : N > n ? 'coordinate-descent' : 'fista'
    const method = oneOf(options.method ?? usual, 'method', ['fista', 'coordinate-descent', 'split'])
    if (loss.name === 'hinge' && method !== 'split')
      refuse('method', "'split' for the hinge, which has no gradient", `'${method}'`)

    const lasso = createLasso(data, directions, beta)
    let lowerBound = 0
    for (const steps = lassoMethods[method](lasso); ; ) {
      const gradient = steps.next().value
      const objective = objectiveOf(lasso)
      lowerBound = Math.max(lowerBound, dualBound(lasso, gradient))
      const gap = Math.max(0, objective - lowerBound)
      const error = gap === 0 ? 0 : gap / objective
      const stop = yield { error, objective, lowerBound }
      if (!stop) continue
      const alpha = Float64Array.from(lasso.a, (a) => a / lasso.unit)
      const network = networkOf(alpha, directions, d)
      return { alpha, directions: ndarray(directions, [N, d]), network, objective, lowerBound, gap }
    }
  },
  { tolerance: 1e-6, maxIterations: 20_000, options: ['directions', 'count', 'random', 'loss', 'beta', 'method'] },
)

/** Returns the neurons sqrt|a_i| u_i with output weights sign(a_i) sqrt|a_i|. */
function networkOf(alpha: Float64Array, directions: Float64Array, d: number): Network {
  const active = [...alpha.keys()].filter((i) => alpha[i] !== 0)
  const hidden = new Float64Array(active.length * d)
  const output = new Float64Array(active.length)
  for (const [row, i] of active.entries()) {
    const root = Math.sqrt(Math.abs(alpha[i]))
    for (let j = 0; j < d; j++) hidden[row * d + j] = root * directions[i * d + j]
    output[row] = alpha[i] > 0 ? root : -root
  }
  return { hidden: ndarray(hidden, [active.length, d]), output }
}
