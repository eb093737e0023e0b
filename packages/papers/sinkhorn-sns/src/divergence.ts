import { type MatrixLike, matrix, refuse, type SolveOptions, type VectorLike } from '@opt/core'
import { gridPoints, type Metric, pairwiseCost } from './costs.ts'
import type { SinkhornNewtonReport } from './options.ts'
import { sinkhornNewton } from './sinkhorn-newton.ts'
import type { TransportSolution } from './solution.ts'

/** Options of {@link sinkhornDivergence} and {@link wasserstein}; the driver's options go to each solve. */
export interface DistanceOptions extends SolveOptions<SinkhornNewtonReport> {
  /** Regularisation, in units of the cost (not scaled). */
  epsilon: number
  /** Masses of x and y; uniform by default. */
  a?: VectorLike
  b?: VectorLike
}

/** Answer of {@link sinkhornDivergence}. */
export interface Divergence {
  /** V(x, y) - V(x, x) / 2 - V(y, y) / 2, nonnegative up to the tolerance, 0 for equal measures. */
  divergence: number
  /** Did all three solves converge? */
  converged: boolean
  /** Gradients in the masses a and b, up to a constant: the potentials of the pair less those of each with itself. */
  gradA: Float64Array
  gradB: Float64Array
}

const uniform = (n: number): Float64Array => new Float64Array(n).fill(1 / n)

/**
 * The Sinkhorn divergence of two point clouds (Feydy et al. 2019), the debiased entropic transport cost.
 *
 * @param x n x d points.
 * @param y m x d points.
 */
export function sinkhornDivergence(
  x: MatrixLike,
  y: MatrixLike,
  { a, b, metric = 'sqeuclidean', ...options }: DistanceOptions & { metric?: Metric },
): Divergence {
  const X = matrix(x, 'sinkhornDivergence: x')
  const Y = matrix(y, 'sinkhornDivergence: y', { columns: X.shape[1] })
  const [from, to] = [a ?? uniform(X.shape[0]), b ?? uniform(Y.shape[0])]
  const xy = sinkhornNewton(pairwiseCost(X, Y, metric), from, to, options)
  const xx = sinkhornNewton(pairwiseCost(X, X, metric), from, from, options)
  const yy = sinkhornNewton(pairwiseCost(Y, Y, metric), to, to, options)
  const own = ({ f, g }: TransportSolution) => f.map((v, i) => (v + g[i]) / 2)
  const [fx, gy] = [own(xx), own(yy)]
  return {
    divergence: xy.value - (xx.value + yy.value) / 2,
    converged: [xy, xx, yy].every(({ status }) => status === 'converged'),
    gradA: xy.f.map((v, i) => v - fx[i]),
    gradB: xy.g.map((v, j) => v - gy[j]),
  }
}

/** A grey picture: height * width nonnegative pixels, row by row, taken for masses on [0, 1]^2. */
export interface Picture {
  height: number
  width: number
  pixels: ArrayLike<number>
}

/**
 * W_p of two point clouds or two pictures, p = 1 or 2, through the entropic plan: (its cost)^(1/p). The entropic plan is
 * not quite the best one, so this is slightly above the true distance; it comes down to it with epsilon.
 *
 * @param x n x d points, or a picture.
 * @param y m x d points, or a picture.
 */
export function wasserstein(
  x: MatrixLike | Picture,
  y: MatrixLike | Picture,
  { p = 2, ...options }: DistanceOptions & { p?: 1 | 2 },
): { distance: number; converged: boolean } {
  if (p !== 1 && p !== 2) refuse('wasserstein: p', '1 or 2', String(p))
  const from = takeMeasure(x, options.a, 'x')
  const to = takeMeasure(y, options.b, 'y')
  const cost = pairwiseCost(from.points, to.points, p === 1 ? 'euclidean' : 'sqeuclidean')
  const { cost: paid, status } = sinkhornNewton(cost, from.masses, to.masses, options)
  return { distance: p === 1 ? paid : Math.sqrt(Math.max(0, paid)), converged: status === 'converged' }
}

function takeMeasure(
  x: MatrixLike | Picture,
  masses: VectorLike | undefined,
  label: string,
): { points: MatrixLike; masses: VectorLike } {
  if (typeof x === 'object' && x !== null && 'pixels' in x) {
    const total = Array.from(x.pixels).reduce((s, v) => s + v, 0)
    return { points: gridPoints(x.height, x.width), masses: Float64Array.from(x.pixels, (v) => v / total) }
  }
  const points = matrix(x, `wasserstein: ${label}`)
  return { points, masses: masses ?? uniform(points.shape[0]) }
}
