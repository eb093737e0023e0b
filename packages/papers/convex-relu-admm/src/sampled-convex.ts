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
import { coordinateDescent, fista, type Lasso, predictionSplit } from './lasso.ts'
import { type LossName, totalLoss } from './losses.ts'
import { scaledBound } from './measures.ts'
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

function takeDirections({ directions, count, random }: SampledConvexOptions, d: number): Float64Array {
  let rows: Float64Array
  if (directions !== undefined) rows = matrix(directions, 'directions', { columns: d }).data.slice()
  else {
    number(count, 'count', { integer: true, min: 1 })
    if (!random) refuse('random', 'given with count (see random of @opt/core)', 'undefined', 'type')
    rows = Float64Array.from({ length: (count as number) * d }, () => (random as Random).normal())
  }
  for (let k = 0; k < rows.length; k += d) {
    let sum = 0
    for (let j = k; j < k + d; j++) sum += rows[j] * rows[j]
    if (sum === 0) refuse(`directions[${k / d}]`, 'nonzero', 'a row of zeros')
    const length = Math.sqrt(sum)
    for (let j = k; j < k + d; j++) rows[j] /= length
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
    features(lasso, x, directions, d)
    const steps = { fista, 'coordinate-descent': coordinateDescent, split: predictionSplit }[method](lasso)
    let lowerBound = 0
    for (;;) {
      const gradient = steps.next().value as Float64Array
      const objective = objectiveOf(lasso)
      lowerBound = Math.max(lowerBound, dualBound(lasso, gradient))
      const gap = Math.max(0, objective - lowerBound)
      const error = gap === 0 ? 0 : gap / objective
      if (yield { error, objective, lowerBound }) {
        const alpha = Float64Array.from(lasso.a)
        const network = networkOf(alpha, directions, d)
        return { alpha, directions: ndarray(directions, [N, d]), network, objective, lowerBound, gap }
      }
    }
  },
  { tolerance: 1e-6, maxIterations: 20_000 },
)

/** H = max(0, X U'), and its transpose. */
function features({ n, N, H, Ht }: Lasso, X: Float64Array, directions: Float64Array, d: number): void {
  const space = allocate((ws) => ({
    ...{ X: ws.f64(n * d), U: ws.f64(N * d), M: ws.f64(n * N), scratch: ws.f64(gemmScratch(n, N, d)) },
  }))
  space.X.set(X)
  space.U.set(directions)
  space.kernels.gemm(n, N, d, 1, space.X, d, 1, space.U, 1, d, space.M, N, space.scratch)
  for (let k = 0; k < n; k++) for (let i = 0; i < N; i++) H[k * N + i] = Ht[i * n + k] = Math.max(0, space.M[k * N + i])
}

function objectiveOf({ n, N, y, loss, beta, kernels, H, a, f }: Lasso): number {
  kernels.gemv(n, N, H, N, a, f)
  let norm = 0
  for (let i = 0; i < N; i++) norm += Math.abs(a[i])
  return totalLoss(loss, f, y) + beta * norm
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
