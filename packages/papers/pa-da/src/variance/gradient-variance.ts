import {
  type MatrixLike,
  matrix,
  number,
  type Report,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
  vector,
} from '@opt/core'
import { checkDistribution } from '../samplers/draw.ts'
import { labelsOf } from '../supernet/examples.ts'
import { clearGradient } from '../supernet/gradient.ts'
import { Supernet } from '../supernet/supernet.ts'
import { dataOptimum, pathOptimum, secondMoments, type VarianceTable, varianceOf } from './formulas.ts'

/** Options of {@link gradientVariance}. */
export interface VarianceOptions {
  /** Examples of a step. Default 128. */
  batch?: number | undefined
  /** q over all paths, in the order of the space. Default uniform. A path that is never drawn makes `variance` Infinity. */
  pathProbabilities?: VectorLike | undefined
  /** p over the examples. Default uniform. So does an example that is never drawn. */
  dataProbabilities?: VectorLike | undefined
  /** Rounds of the joint optimum. Default 50. */
  alternations?: number | undefined
}

/** A report of {@link gradientVariance}: of a path. */
export interface VarianceReport extends Report {
  completed: number
  total: number
}

/** A distribution and what it gives. */
export interface Optimum {
  variance: number
  pathProbabilities: Float64Array
  dataProbabilities: Float64Array
}

/** Answer of {@link gradientVariance}; all figures are NaN when it was stopped before its last path. */
export interface GradientVariance {
  /** Of the weighted gradient under the given probabilities: E |d - mean|^2. */
  variance: number
  /** Under uniform ones: between + within. */
  uniform: number
  /** Share of `uniform` from the choice of a path, and from the choice of examples. */
  between: number
  within: number
  /** |mean gradient|^2. */
  squaredMean: number
  /** Best paths for uniform examples; best examples for uniform paths; both at once. */
  pathOptimal: Optimum
  dataOptimal: Optimum
  joint: Optimum
}

/** Numbers of a table; more would take too much memory. */
const MOST = 5e7

/**
 * Computes exactly the variance of the importance-weighted stochastic gradient, and the smallest that sampling of paths,
 * of examples, or of both can reach: whether importance sampling would help at all.
 */
export const gradientVariance: Solver<
  [supernet: Supernet, X: MatrixLike, y: VectorLike, options: VarianceOptions],
  VarianceReport,
  GradientVariance
> = solver(
  'gradientVariance',
  function* (supernet, X, y, options) {
    if (!(supernet instanceof Supernet)) refuse('supernet', 'a Supernet', show(supernet), 'type')
    if (supernet.fixedPath) refuse('supernet', 'one with all paths', 'the network of one path')
    const { space } = supernet
    const { batch = 128, alternations = 50 } = options
    number(batch, 'batch', { integer: true, min: 1 })
    number(alternations, 'alternations', { integer: true, min: 1 })
    const { data: x, shape } = matrix(X, 'X', { columns: supernet.inputs })
    const count = shape[0]
    const labels = labelsOf(y, count, supernet.classes, 'y')
    if (space.count * count > MOST) refuse('X', `of at most ${Math.floor(MOST / space.count)} examples`, `${count}`)
    const given = (p: VectorLike | undefined, n: number, label: string) => {
      if (p === undefined) return new Float64Array(n).fill(1 / n)
      const checked = vector(p, label, { length: n, sign: 'nonnegative' })
      checkDistribution(checked, label)
      return checked
    }
    const q = given(options.pathProbabilities, space.count, 'pathProbabilities')
    const p = given(options.dataProbabilities, count, 'dataProbabilities')

    const { passes } = supernet
    const { gradient } = supernet.memory
    const batchOf = { x, y: labels, n: count }
    const mean = new Float64Array(supernet.layout.size)
    const squares: Float64Array[] = []
    const full = new Float64Array(space.count)
    const known = new Map<number, number>()
    for (let a = 0; a < space.count; a++) {
      const key = space.index(space.canonical(space.path(a)))
      const route = supernet.route(space.path(a))
      clearGradient(gradient, route.groups)
      passes.accumulate(batchOf, [route])
      for (const { slots } of route.groups)
        for (const { offset, rows, columns } of slots)
          for (let i = offset; i < offset + rows * columns; i++) {
            mean[i] += gradient[i] / space.count
            full[a] += gradient[i] * gradient[i]
          }
      if (!Number.isFinite(full[a])) refuse('X', `small enough for gradients in ${supernet.dtype}`, `${full[a]}`)
      const before = known.get(key)
      squares.push(before === undefined ? passes.squaredNorms(batchOf, route) : squares[before])
      known.set(key, before ?? a)
      const report: VarianceReport = { completed: a + 1, total: space.count }
      if ((yield report) && a + 1 < space.count) return unfinished()
    }
    let squaredMean = 0
    for (const m of mean) squaredMean += m * m
    return analyse({ squares, full, squaredMean, batch }, q, p, alternations)
  },
  {
    maxIterations: Number.MAX_SAFE_INTEGER,
    options: ['batch', 'pathProbabilities', 'dataProbabilities', 'alternations'],
  },
)

function analyse(table: VarianceTable, q: Float64Array, p: Float64Array, alternations: number): GradientVariance {
  const { full, squares, squaredMean, batch } = table
  const [paths, count] = [q.length, p.length]
  const u = new Float64Array(paths).fill(1 / paths)
  const v = new Float64Array(count).fill(1 / count)
  const optimum = (path: Float64Array, data: Float64Array): Optimum => ({
    variance: varianceOf(table, path, data),
    pathProbabilities: path.slice(),
    dataProbabilities: data.slice(),
  })
  let within = 0
  full.forEach((square, a) => {
    const average = squares[a].reduce((sum, s) => sum + s, 0) / count
    within += (average - square) / (batch * paths)
  })
  let best: [Float64Array, Float64Array] = [u, v]
  for (let k = 0; k < alternations; k++) {
    const path = pathOptimum(secondMoments(table, best[1]))
    best = [path, dataOptimum(table, path)]
  }
  return {
    variance: varianceOf(table, q, p),
    uniform: varianceOf(table, u, v),
    between: full.reduce((sum, s) => sum + s, 0) / paths - squaredMean,
    within,
    squaredMean,
    pathOptimal: optimum(pathOptimum(secondMoments(table, v)), v),
    dataOptimal: optimum(u, dataOptimum(table, u)),
    joint: optimum(...best),
  }
}

function unfinished(): GradientVariance {
  const none = () => ({ variance: NaN, pathProbabilities: new Float64Array(0), dataProbabilities: new Float64Array(0) })
  const figures = { variance: NaN, uniform: NaN, between: NaN, within: NaN, squaredMean: NaN }
  return { ...figures, pathOptimal: none(), dataOptimal: none(), joint: none() }
}
