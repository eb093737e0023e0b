import {
  number,
  options as optionsOf,
  refuse,
  SOLVE_OPTIONS,
  type Status,
  show,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { checkParameters, LV_HBA_OPTIONS, type ValueFunctionParameters } from './options.ts'
import {
  type CompleteProblem,
  type ConstrainedProblem,
  completeProblem,
  MultiplierSet,
  violationOf,
} from './problem.ts'
import { valueFunction } from './value-function.ts'

/** How far a point is from solving the bilevel problem. */
export interface Measures {
  /** F(x, y) */
  upper: number
  /** f(x, y) */
  lower: number
  /** v(x, y, z) */
  value: number
  /** f(x, y) - v(x, y, z), not negative on C x Z, and 0 if and only if y solves the lower level with multipliers z. */
  gap: number
  /**
   * The norm of (x, y, z) - proj((x, y, z) - G), G the gradient of F + c_k (f - v), onto C x Z: zero at the stationary
   * points of the penalised problem.
   */
  residual: number
  /** Largest amount by which g(x, y) breaks a constraint. */
  violation: number
}

/** What an answer says of itself without another solve. */
export interface PointValues {
  /** F(x, y) */
  upper: number
  /** f(x, y) */
  lower: number
  /**
   * f(x, y) minus the proximal Lagrangian at theta and lambda: an estimate of the gap, of either sign, as good as these
   * are near the saddle point.
   */
  gapEstimate: number
  /** Largest amount by which g(x, y) breaks a constraint. */
  violation: number
}

/** The values at an iterate of {@link lvHba}. */
export function valuesAt(
  { upper, lower, constraints }: CompleteProblem,
  { x, y, z, theta, lambda }: Record<'x' | 'y' | 'z' | 'theta' | 'lambda', Float64Array>,
  { gamma1, gamma2 }: { gamma1: number; gamma2: number },
): PointValues {
  const g = new Float64Array(z.length)
  constraints.value(x, theta, g)
  let lagrangian = lower.value(x, theta) + squaredDistance(theta, y) / (2 * gamma1)
  lagrangian -= squaredDistance(lambda, z) / (2 * gamma2)
  for (let i = 0; i < g.length; i++) lagrangian += lambda[i] * g[i]
  constraints.value(x, y, g)
  const f = lower.value(x, y)
  return { upper: upper.value(x, y), lower: f, gapEstimate: f - lagrangian, violation: violationOf(constraints, g) }
}

/** A point to measure. */
export interface MeasuredPoint {
  x: VectorLike
  y: VectorLike
  /** Default 0. */
  z?: VectorLike | undefined
  /** Where the inner problem's search starts. Default y. */
  theta?: VectorLike | undefined
}

/** Options of {@link gapAndResidual}. */
export interface MeasureOptions extends ValueFunctionParameters {
  /** Of the inner problem, see {@link valueFunction}. Default 1e-10. */
  tolerance?: number | undefined
}

/**
 * Computes the gap f - v and the residual of the penalised problem at a point, such as an answer of {@link lvHba}, by
 * a solve of the inner problem.
 *
 * @param penalty c_k, which multiplies f - v in the residual.
 * @returns with `status` and `message` of the inner solve: without 'converged', the gap may be too small.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function gapAndResidual(
  problem: ConstrainedProblem,
  point: MeasuredPoint,
  penalty: number,
  options: MeasureOptions = {},
): Measures & { status: Status; message: string } {
  const name = 'gapAndResidual: '
  const complete = completeProblem(problem, name)
  if (typeof point !== 'object' || point === null) refuse(`${name}point`, 'an object with x and y', show(point), 'type')
  // Those of the run measured may be given, too.
  optionsOf<object>(options, `${name}options`, [...LV_HBA_OPTIONS, ...SOLVE_OPTIONS] as never[])
  const { count } = complete.constraints
  const x = vectorCopy(point.x, `${name}point.x`)
  const y = vectorCopy(point.y, `${name}point.y`)
  const { theta, z: given } = point
  const z =
    given === undefined || count === 0
      ? new Float64Array(count)
      : vectorCopy(given, `${name}point.z`, { length: count })
  number(penalty, `${name}penalty`, { positive: true })
  const tolerance = number(options.tolerance ?? 1e-10, `${name}tolerance`, { nonnegative: true })
  const parameters = checkParameters(options, name)
  if (theta !== undefined) vectorCopy(theta, `${name}point.theta`, { length: y.length })

  const { upper, lower, constraints } = complete
  const v = valueFunction(complete, { x, y, z }, { ...parameters, theta, tolerance, history: false })
  const [Fx, fx] = [0, 1].map(() => new Float64Array(x.length))
  const [Fy, fy] = [0, 1].map(() => new Float64Array(y.length))
  upper.gradient(x, y, Fx, Fy)
  lower.gradient(x, y, fx, fy)
  const Z = new MultiplierSet(constraints, parameters.bound)
  const nextX = x.map((value, j) => value - Fx[j] - penalty * (fx[j] - v.gradX[j]))
  const nextY = y.map((value, j) => value - Fy[j] - penalty * (fy[j] - v.gradY[j]))
  const nextZ = z.map((value, i) => value + penalty * v.gradZ[i])
  complete.projectJoint(nextX, nextY)
  Z.project(nextZ)

  const g = new Float64Array(count)
  constraints.value(x, y, g)
  const f = lower.value(x, y)
  return {
    upper: upper.value(x, y),
    lower: f,
    value: v.value,
    gap: f - v.value,
    residual: Math.sqrt(squaredDistance(x, nextX) + squaredDistance(y, nextY) + squaredDistance(z, nextZ)),
    violation: violationOf(constraints, g),
    status: v.status,
    message: v.message,
  }
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i])
  return sum
}
