import { number, type Report, type Solver, solver } from '@opt/core'
import { Convergence } from './convergence.ts'
import { gapAndResidual, type Measures, type PointValues, valuesAt } from './measures.ts'
import { checkParameters, LV_HBA_OPTIONS, type LvHbaOptions, type LvHbaStart, penaltyOf, startOf } from './options.ts'
import { type ConstrainedProblem, completeProblem, MultiplierSet } from './problem.ts'

/** Report of {@link lvHba} after each step. */
export interface LvHbaReport extends Report {
  /** See {@link lvHba}. */
  error: number
  /** c_k */
  penalty: number
  /** Every `measureEvery` steps. */
  measures?: Measures
}

/** Answer of {@link lvHba}; a start from which a run goes on to the same bits. */
export interface LvHbaSolution extends PointValues {
  /** Upper variables. */
  x: Float64Array
  /** Lower variables. */
  y: Float64Array
  /** The proximal Lagrangian's minimiser in y, tracked. */
  theta: Float64Array
  /** Its multipliers, tracked. */
  lambda: Float64Array
  /** Multipliers of the lower level. */
  z: Float64Array
  /** Steps so far, those before the start included. */
  k: number
  /** c of the last step. */
  penalty: number
}

/**
 * LV-HBA, the Lagrangian value function-based Hessian-free bilevel algorithm (Yao, Yu, Zeng and Zhang 2024, algorithm
 * 1): one loop of gradient steps, no Hessian and no inner solve.
 *
 * It minimises F(x, y) / c_k + f(x, y) - v(x, y, z) over C x Z while c_k grows, where v is the proximal Lagrangian
 * value function, and approaches a bilevel solution like 1 / c_k. `error` is the norm of the iterate's movement in the
 * step, each part divided by its step size; before a run counts as converged, the residual of {@link gapAndResidual} is
 * computed, and the larger of both is its error. `tolerance` is 1e-6 by default, `maxIterations` 10,000.
 *
 * @param start x and y, projected onto C at first; not changed.
 * @returns with status 'diverged', the last finite iterate.
 * @throws TypeError or RangeError when an argument is wrong, or there are constraints and no `projectJoint`.
 */
export const lvHba: Solver<
  [problem: ConstrainedProblem, start: LvHbaStart, options: LvHbaOptions],
  LvHbaReport,
  LvHbaSolution
> = solver(
  'lvHba',
  function* (given, start, options) {
    const problem = completeProblem(given)
    const { upper, lower, constraints, projectJoint, projectLower } = problem
    const alpha = number(options.alpha ?? 0.1, 'alpha', { positive: true })
    const beta = number(options.beta ?? 0.5, 'beta', { positive: true })
    const eta = number(options.eta ?? 0.2, 'eta', { positive: true })
    const every = number(options.measureEvery ?? 0, 'measureEvery', { integer: true, min: 0 })
    const parameters = checkParameters(options)
    const { gamma1, gamma2 } = parameters
    const penaltyAt = penaltyOf(options.penalty)
    const Z = new MultiplierSet(constraints, parameters.bound)

    const first = startOf(start, Z)
    const { x, y, z, lambda } = first
    let { k } = first
    if (k === 0) projectJoint(x, y)
    const theta = first.theta ?? y.slice()
    if (k === 0) projectLower(theta)
    Z.project(z)
    Z.project(lambda)

    const [n, m, l] = [x.length, y.length, z.length]
    const [nextX, nextY, nextTheta] = [new Float64Array(n), new Float64Array(m), new Float64Array(m)]
    const [nextZ, nextLambda] = [new Float64Array(l), new Float64Array(l)]
    const [Fx, fx, thetaFx, Jx] = [0, 1, 2, 3].map(() => new Float64Array(n))
    const [Fy, fy, thetaFy, Jy] = [0, 1, 2, 3].map(() => new Float64Array(m))
    const g = new Float64Array(l)

    /** Takes a step, if it is finite; returns the square of its length in units of the step sizes. */
    const step = (penalty: number): number => {
      // theta, lambda: a step of descent and ascent on the proximal Lagrangian, both at the old point
      lower.gradient(x, theta, thetaFx, thetaFy)
      constraints.value(x, theta, g)
      constraints.transposed(x, theta, lambda, Jx, Jy)
      for (let j = 0; j < m; j++) nextTheta[j] = theta[j] - eta * (thetaFy[j] + Jy[j] + (theta[j] - y[j]) / gamma1)
      projectLower(nextTheta)
      for (let i = 0; i < l; i++) nextLambda[i] = Z.clip(i, lambda[i] - eta * (-g[i] + (lambda[i] - z[i]) / gamma2))

      // x, y: a projected step on F / c + f - v, with the gradient of v at the new theta and lambda
      lower.gradient(x, nextTheta, thetaFx, thetaFy)
      constraints.transposed(x, nextTheta, nextLambda, Jx, Jy)
      upper.gradient(x, y, Fx, Fy)
      lower.gradient(x, y, fx, fy)
      for (let j = 0; j < n; j++) nextX[j] = x[j] - alpha * (Fx[j] / penalty + fx[j] - thetaFx[j] - Jx[j])
      for (let j = 0; j < m; j++) nextY[j] = y[j] - alpha * (Fy[j] / penalty + fy[j] - (y[j] - nextTheta[j]) / gamma1)
      projectJoint(nextX, nextY)

      // z: a step on -v
      for (let i = 0; i < l; i++) nextZ[i] = Z.clip(i, z[i] + (beta * (nextLambda[i] - z[i])) / gamma2)

      const moved =
        squaredDistance(x, nextX, alpha) +
        squaredDistance(y, nextY, alpha) +
        squaredDistance(theta, nextTheta, eta) +
        squaredDistance(lambda, nextLambda, eta) +
        squaredDistance(z, nextZ, beta)
      if (!(moved < Infinity)) return moved
      x.set(nextX)
      y.set(nextY)
      theta.set(nextTheta)
      lambda.set(nextLambda)
      z.set(nextZ)
      return moved
    }

    let penalty = penaltyAt(k)
    const point = () => ({ x, y, z, theta, lambda })
    const answer = () => ({ ...point(), k, penalty, ...valuesAt(problem, point(), parameters) })
    const measured = () => gapAndResidual(problem, point(), penalty, parameters)
    const convergence = new Convergence((options as { tolerance?: number }).tolerance!, () => measured().residual)

    for (;;) {
      penalty = penaltyAt(k)
      const moved = step(penalty)
      if (!(moved < Infinity)) return { ...answer(), status: 'diverged' as const, message: DIVERGED }
      k++
      const error = convergence.errorOf(Math.sqrt(moved))
      const measures = every > 0 && k % every === 0 ? { measures: measured() } : undefined
      if (yield { error, penalty, ...measures }) return answer()
    }
  },
  { maxIterations: 10_000, options: LV_HBA_OPTIONS },
)

const DIVERGED =
  'the next iterate is not finite, this one is; where the derivatives are right (checkProblem of @opt/bilevel), take smaller steps, eta first, and scale g such that its Jacobian in y has norm at most 1'

function squaredDistance(a: Float64Array, b: Float64Array, step: number): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += ((a[i] - b[i]) / step) * ((a[i] - b[i]) / step)
  return sum
}
