import {
  type Matrix,
  nrm2,
  number,
  oneOf,
  options as optionsOf,
  type Report,
  type Solver,
  solver,
  type VectorLike,
  vector,
} from '@opt/core'
import { simplex } from '@opt/sets'
import ndarray from 'ndarray'
import { SingularValues } from '../linear/singular-values.ts'
import { select } from '../selection.ts'
import { Objective, TRAINING_PROBLEM, type TrainingProblem } from './objective.ts'

/** Options of {@link regularizationPath}. */
export interface RegularizationPathOptions {
  /** Positive and ascending. */
  radii: VectorLike
  /** Of the ball: 'frobenius' for W, 'nuclear' for (|K|_F^2 + |Q|_F^2) / 2. Default 'frobenius'. */
  norm?: 'frobenius' | 'nuclear' | undefined
  /** Projected steps at each radius. Default 3000. */
  steps?: number | undefined
}

/** A point of the path. */
export interface PathPoint {
  radius: number
  /** d x e. */
  W: Matrix
  loss: number
  /** The token of the largest score of each query: the problem is not convex, and a path may keep to a local choice. */
  selected: Int32Array
}

/** What {@link regularizationPath} reports at the end of each radius. */
export interface RegularizationPathReport extends Report {
  radius: number
  loss: number
}

/**
 * Follows the minimisers of the loss in balls of growing radius R; W / R tends to the direction of the SVM of the same
 * norm, for the tokens of the largest scores. Each radius takes projected steps of length R / (2 sqrt(k)), from the
 * last W scaled to the new radius; the first from 0.
 *
 * Iterations are radii: an abort keeps those that are done.
 *
 * Source: Ataee Tarzanagh et al. (2023), the regularisation paths of W and of (K, Q).
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const regularizationPath: Solver<
  [problem: TrainingProblem, options: RegularizationPathOptions],
  RegularizationPathReport,
  { path: PathPoint[] }
> = /* @__PURE__ */ solver(
  'regularizationPath',
  function* (
    problem,
    { radii, norm = 'frobenius', steps = 3000 },
  ): Generator<RegularizationPathReport, { path: PathPoint[] }, boolean> {
    const objective = new Objective(optionsOf(problem, 'problem', TRAINING_PROBLEM))
    const balls = vector(radii, 'radii', { sign: 'positive' })
    for (let k = 1; k < balls.length; k++) number(balls[k], `radii[${k}]`, { min: balls[k - 1] })
    oneOf(norm, 'norm', ['frobenius', 'nuclear'])
    number(steps, 'steps', { integer: true, min: 1 })
    const { d, e } = objective.cases
    const W = new Float64Array(d * e)
    const project = norm === 'frobenius' ? ontoFrobeniusBall : nuclearBall(d, e)
    const path: PathPoint[] = []
    for (const [place, radius] of balls.entries()) {
      for (let k = 0; k < W.length && place > 0; k++) W[k] *= radius / balls[place - 1]
      for (let k = 1; k <= steps; k++) {
        objective.evaluate(W)
        const length = nrm2(objective.G)
        if (!(length > 0)) break
        const step = radius / (2 * Math.sqrt(k))
        for (let j = 0; j < W.length; j++) W[j] -= step * (objective.G[j] / length)
        project(W, radius)
      }
      objective.evaluate(W)
      const { value: loss } = objective
      path.push({ radius, W: ndarray(W.slice(), [d, e]), loss, selected: select(objective.cases, W).selected })
      if (yield { radius, loss }) break
    }
    return { path }
  },
  { maxIterations: 1_000_000, options: ['radii', 'norm', 'steps'] },
)

function ontoFrobeniusBall(W: Float64Array, radius: number): void {
  const length = nrm2(W)
  if (length > radius) for (let k = 0; k < W.length; k++) W[k] *= radius / length
}

/** Projects onto |W|_* <= radius: the singular values onto a simplex. */
function nuclearBall(d: number, e: number): (W: Float64Array, radius: number) => void {
  const svd = new SingularValues(d, e)
  const ball = simplex({ dimension: svd.size })
  const shrunk = new Float64Array(svd.size)
  return (W, radius) => {
    svd.decompose(W)
    let sum = 0
    for (let k = 0; k < svd.size; k++) sum += svd.values[k]
    if (sum <= radius) return
    for (let k = 0; k < svd.size; k++) shrunk[k] = svd.values[k] / radius
    ball.projectInPlace(shrunk)
    for (let k = 0; k < svd.size; k++) shrunk[k] *= radius
    svd.compose(shrunk, W)
  }
}
