import {
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  options as optionsOf,
  refuse,
  type SolveOptions,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import type { SinkhornNewtonReport } from './options.ts'
import { costBetween, gridPoints, type Metric } from './problem/costs.ts'
import { workingProblem } from './problem/problem.ts'
import { alignBlocks } from './semi-dual/blocks.ts'
import { sinkhornNewton } from './sinkhorn-newton.ts'
import { fillSilent, type TransportSolution } from './solution.ts'

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
  given: DistanceOptions & { metric?: Metric },
): Divergence {
  const { a, b, metric = 'sqeuclidean', ...options } = optionsOf(given, 'sinkhornDivergence: options')
  const X = matrix(x, 'sinkhornDivergence: x')
  const Y = matrix(y, 'sinkhornDivergence: y', { columns: X.shape[1] })
  const from = vector(a ?? uniform(X.shape[0]), 'sinkhornDivergence: a', { length: X.shape[0], sign: 'nonnegative' })
  const to = vector(b ?? uniform(Y.shape[0]), 'sinkhornDivergence: b', { length: Y.shape[0], sign: 'nonnegative' })
  const own = (points: Matrix, masses: Float64Array) => {
    const s = sinkhornNewton(costBetween(points, points, metric, 'sinkhornDivergence'), masses, masses, options)
    // The exact potentials are alike; on either side blocks may stand at any height, their mean does not.
    return { ...s, potential: s.f.map((v, i) => (v + s.g[i]) / 2) }
  }
  const xx = own(X, from)
  if (same(X.data, Y.data) && same(from, to)) {
    const zeros = new Float64Array(from.length)
    return { divergence: 0, converged: xx.status === 'converged', gradA: zeros, gradB: zeros.slice() }
  }
  const yy = own(Y, to)
  const cost = costBetween(X, Y, metric, 'sinkhornDivergence')
  const xy = sinkhornNewton(cost, from, to, options)
  const { f, g } = aligned(cost, from, to, options, xy)
  return {
    divergence: xy.value - (xx.value + yy.value) / 2,
    converged: [xy, xx, yy].every(({ status }) => status === 'converged'),
    gradA: f.map((v, i) => v - xx.potential[i]),
    gradB: g.map((v, j) => v - yy.potential[j]),
  }
}

const same = (x: Float64Array, y: Float64Array): boolean => x.length === y.length && x.every((v, i) => v === y[i])

/** Potentials of which blocks that hardly exchange mass stand where they should to each other. */
function aligned(
  cost: Matrix,
  a: Float64Array,
  b: Float64Array,
  options: DistanceOptions,
  solution: TransportSolution,
): { f: Float64Array; g: Float64Array } {
  const problem = workingProblem(cost, a, b, options)
  const { rows, columns, scale, shift } = problem
  let { f, g } = solution
  for (let round = 0; round < 2; round++) {
    const working = {
      f: Float64Array.from(rows, (i) => (f[i] - shift) * scale),
      g: Float64Array.from(columns, (j) => g[j] * scale),
    }
    if (!alignBlocks(problem, working)) break
    f = f.slice()
    g = g.slice()
    rows.forEach((at, i) => (f[at] = working.f[i] / scale + shift))
    columns.forEach((at, j) => (g[at] = working.g[j] / scale))
    fillSilent(problem, f, g, options.epsilon)
    // Then the blocks anew, from there.
    if (round === 0) ({ f, g } = sinkhornNewton(cost, a, b, { ...options, initial: { f, g } }))
  }
  return { f, g }
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
  given: DistanceOptions & { p?: 1 | 2 },
): { distance: number; converged: boolean } {
  const { p = 2, ...options } = optionsOf(given, 'wasserstein: options')
  if (p !== 1 && p !== 2) refuse('wasserstein: p', '1 or 2', show(p))
  const from = measureOf(x, options.a, 'x')
  const to = measureOf(y, options.b, 'y')
  const cost = costBetween(from.points, to.points, p === 1 ? 'euclidean' : 'sqeuclidean', 'wasserstein')
  const { cost: paid, status } = sinkhornNewton(cost, from.masses, to.masses, options)
  return { distance: p === 1 ? paid : Math.sqrt(Math.max(0, paid)), converged: status === 'converged' }
}

function measureOf(
  x: MatrixLike | Picture,
  masses: VectorLike | undefined,
  label: string,
): { points: MatrixLike; masses: VectorLike } {
  if (typeof x === 'object' && x !== null && 'pixels' in x) {
    const { height, width } = x
    number(height, `wasserstein: ${label}.height`, { integer: true, min: 1 })
    number(width, `wasserstein: ${label}.width`, { integer: true, min: 1 })
    const length = height * width
    const pixels = vector(x.pixels, `wasserstein: ${label}.pixels`, { length, sign: 'nonnegative' })
    const total = pixels.reduce((s, v) => s + v, 0)
    if (!(total > 0 && total < Infinity))
      refuse(`wasserstein: ${label}`, 'a picture with a pixel above 0 and of finite sum', `pixels of sum ${total}`)
    return { points: gridPoints(height, width), masses: pixels.map((v) => v / total) }
  }
  const points = matrix(x, `wasserstein: ${label}`)
  const [length] = points.shape
  const given = masses && vector(masses, `wasserstein: ${label === 'x' ? 'a' : 'b'}`, { length, sign: 'nonnegative' })
  return { points, masses: given ?? uniform(length) }
}
