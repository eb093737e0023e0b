import {
  allocate,
  gemmScratch,
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
import { takeRandom } from './arguments.ts'
import { coordinateDescent, fista, type Lasso, predictionSplit } from './lasso.ts'
import { type LossName, totalLoss } from './losses.ts'
import { norm, scaledBound } from './measures.ts'
import type { Network } from './network.ts'
import { takeData } from './problem.ts'

/** Options of {@link sampledConvex}. */
export interface SampledConvexOptions {
  /** Hidden weights of the candidate neurons, N x d; scaled to length 1. */
  directions?: MatrixLike
  /** Or draw so many Gaussian ones from `random`. */
  count?: number
  random?: Random
  /** Default squared. */
  loss?: LossName
  /** Weight decay (default 1e-4). */
  beta?: number
  /** Default: `coordinate-descent` when there are more directions than rows, else `fista`; always `split` (ADMM) for the hinge. */
  method?: 'fista' | 'coordinate-descent' | 'split'
}

/** What {@link sampledConvex} reports: `error` is the relative duality gap. */
export interface SampledConvexReport extends Report {
  error: number
  objective: number
  lowerBound: number
}

/** Answer of {@link sampledConvex}. */
export interface SampledConvexSolution {
  /** N output weights. */
  alpha: Float64Array
  /** N x d, of length 1. */
  directions: Matrix
  /** Its objective is the program's. */
  network: Network
  objective: number
  /** Of the program with these directions. */
  lowerBound: number
  gap: number
}

/** 1.6 GB in two copies. */
const MOST_FEATURES = 1e8

function takeDirections({ directions, count, random }: SampledConvexOptions, d: number): Float64Array {
  let rows: Float64Array
  if (directions !== undefined) rows = matrix(directions, 'directions', { columns: d }).data.slice()
  else {
    number(count, 'count', { integer: true, min: 1 })
    number(count, 'count', { max: MOST_FEATURES })
    if (random === undefined) refuse('random', 'given with count (see random of @opt/core)', 'undefined', 'type')
    takeRandom(random, 'random')
    rows = Float64Array.from({ length: (count as number) * d }, () => (random as Random).normal())
  }
  for (let k = 0; k < rows.length; k += d) {
    // Twice: the length of tiny entries is rounded, and that of huge ones overflows unless they are small first.
    const row = rows.subarray(k, k + d)
    const high = row.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
    if (high === 0) refuse(`directions[${k / d}]`, 'nonzero', 'a row of zeros')
    if (high < 1e-100 || high > 1e100) for (let j = 0; j < d; j++) row[j] /= high
    const length = norm(row)
    for (let j = 0; j < d; j++) row[j] /= length
  }
  return rows
}

/**
 * The sampled convex program: hidden weights are drawn, unit vectors u_i, and only the output weights are trained, with the l1
 * norm that weight decay on both layers comes to. Simpler than {@link convexRelu}, and needs far more neurons.
 *
 * @param X n x d; append a column of ones for a bias.
 * @param y n targets; -1 and 1 for hinge and bce.
 */
export const sampledConvex: Solver<
  [X: MatrixLike, y: VectorLike, options: SampledConvexOptions],
  SampledConvexReport,
  SampledConvexSolution
> = solver(
  'sampledConvex',
  function* (X: MatrixLike, y: VectorLike, options: SampledConvexOptions) {
    const { n, d, X: x, y: targets, loss } = takeData(X, y, options.loss)
    const directions = takeDirections(options, d)
    const N = directions.length / d
    if (n * N > MOST_FEATURES) refuse('count', `at most ${Math.floor(MOST_FEATURES / n)} with ${n} rows`, String(N))
    const beta = number(options.beta ?? 1e-4, 'beta', { nonnegative: true })
    const methods = ['fista', 'coordinate-descent', 'split'] as const
    const usual = loss.name === 'hinge' ? 'split' : N > n ? 'coordinate-descent' : 'fista'
    const method = oneOf(options.method ?? usual, 'method', methods)
    if (loss.name === 'hinge' && method !== 'split')
      refuse('method', "'split' for the hinge, which has no gradient", `'${method}'`)

    const lasso: Lasso = {
      ...allocate((ws) => ({
        ...{ H: ws.f64(n * N), Ht: ws.f64(N * n), a: ws.f64(N), f: ws.f64(n), g: ws.f64(n), t: ws.f64(N) },
      })),
      ...{ n, N, y: targets, loss, beta },
    }
    const unit = features(lasso, x, directions, d)
    lasso.beta = Math.min(beta / unit, Number.MAX_VALUE)
    const steps = { fista, 'coordinate-descent': coordinateDescent, split: predictionSplit }[method](lasso)
    let lowerBound = 0
    for (;;) {
      const gradient = steps.next().value as Float64Array
      const objective = objectiveOf(lasso)
      lowerBound = Math.max(lowerBound, dualBound(lasso, gradient))
      const gap = Math.max(0, objective - lowerBound)
      const error = gap === 0 ? 0 : gap / objective
      if (yield { error, objective, lowerBound }) {
        const alpha = Float64Array.from(lasso.a, (a) => a / unit)
        const network = networkOf(alpha, directions, d)
        return { alpha, directions: ndarray(directions, [N, d]), network, objective, lowerBound, gap }
      }
    }
  },
  { tolerance: 1e-6, maxIterations: 20_000 },
)

/**
 * H = max(0, X U') and its transpose, in a unit near the largest entry: a power of two, so that nothing is rounded, and squares of
 * entries neither over- nor underflow. Weights are then a / unit, and their decay beta / unit.
 */
function features({ n, N, H, Ht }: Lasso, X: Float64Array, directions: Float64Array, d: number): number {
  const space = allocate((ws) => ({
    ...{ X: ws.f64(n * d), U: ws.f64(N * d), M: ws.f64(n * N), scratch: ws.f64(gemmScratch(n, N, d)) },
  }))
  space.X.set(X)
  space.U.set(directions)
  space.kernels.gemm(n, N, d, 1, space.X, d, 1, space.U, 1, d, space.M, N, space.scratch)
  let most = 0
  for (let k = 0; k < n * N; k++) {
    if (!Number.isFinite(space.M[k]))
      refuse(`X[${Math.floor(k / N)}]`, 'of a finite product with every direction', 'more')
    most = Math.max(most, space.M[k])
  }
  const unit = powerOfTwoNear(most)
  for (let k = 0; k < n; k++)
    for (let i = 0; i < N; i++) H[k * N + i] = Ht[i * n + k] = Math.max(0, space.M[k * N + i]) / unit
  return unit
}

function objectiveOf({ n, N, y, loss, beta, kernels, H, a, f }: Lasso): number {
  kernels.gemv(n, N, H, N, a, f)
  let length = 0
  for (let i = 0; i < N; i++) length += Math.abs(a[i])
  return totalLoss(loss, f, y) + (length === 0 ? 0 : beta * length)
}

/** 1 for ordinary features; else a power of two within a factor of two of x. */
function powerOfTwoNear(x: number): number {
  let power = 1
  if (x > 1e4) for (; power <= x / 2; power *= 2);
  else if (x > 0 && x < 1e-4) for (; power > x && power > 1e-300; power /= 2);
  return power
}

/** Scales g until |H'g| <= beta everywhere. */
function dualBound({ n, N, y, loss, beta, kernels, Ht, g, t }: Lasso, gradient: Float64Array): number {
  for (let k = 0; k < n; k++) g[k] = loss.clip(gradient[k], y[k])
  kernels.gemv(N, n, Ht, n, g, t)
  let worst = 0
  for (let i = 0; i < N; i++) worst = Math.max(worst, Math.abs(t[i]))
  return scaledBound(loss, g, y, worst <= beta ? 1 : beta / worst)
}

/** Neurons sqrt|a_i| u_i with output sign(a_i) sqrt|a_i|. */
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
