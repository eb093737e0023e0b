import { type Report, refuse, type Solver, show, solver, type VectorLike, vectorCopy } from '@opt/core'
import { checkParameters, type ValueFunctionParameters } from './options.ts'
import { type CompleteProblem, type ConstrainedProblem, completeProblem, MultiplierSet } from './problem.ts'
import { spectralProjectedGradient } from './spectral-projected-gradient.ts'

/** Options of {@link valueFunction}. */
export interface ValueFunctionOptions extends ValueFunctionParameters {
  /** Where the search for theta starts. Default y. */
  theta?: VectorLike | undefined
}

/** Where the value function is wanted. */
export interface ValueFunctionPoint {
  x: VectorLike
  y: VectorLike
  /** One multiplier for each constraint. Default 0. */
  z?: VectorLike | undefined
}

/** Answer of {@link valueFunction}. */
export interface ValueFunctionSolution {
  /** v(x, y, z) */
  value: number
  /** The saddle point's lower variables. */
  theta: Float64Array
  /** Its multipliers. */
  lambda: Float64Array
  gradX: Float64Array
  gradY: Float64Array
  gradZ: Float64Array
}

/**
 * Computes the proximal Lagrangian value function (equation 4 of the paper)
 *
 * v(x, y, z) = min over theta in Y, max over lambda in Z of
 *   f(x, theta) + lambda'g(x, theta) + |theta - y|^2 / 2 gamma_1 - |lambda - z|^2 / 2 gamma_2
 *
 * and its gradient. The maximum is reached at lambda = z + gamma_2 g(x, theta), clipped to Z; the minimum over theta, of
 * a strongly convex function, is found by the spectral projected gradient method. Without constraints, v is the Moreau
 * envelope of f(x, .).
 *
 * `error` is the largest entry of theta - proj_Y(theta - gradient), `tolerance` 1e-10 by default: theta is then within
 * about gamma_1 times that of the minimiser.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export const valueFunction: Solver<
  [problem: ConstrainedProblem, point: ValueFunctionPoint, options: ValueFunctionOptions],
  Report,
  ValueFunctionSolution
> = solver(
  'valueFunction',
  function* (given, point, options) {
    const problem = completeProblem(given)
    const parameters = checkParameters(options)
    if (typeof point !== 'object' || point === null) refuse('point', 'an object with x and y', show(point), 'type')
    const x = vectorCopy(point.x, 'point.x')
    const y = vectorCopy(point.y, 'point.y')
    const { count } = problem.constraints
    const z =
      point.z === undefined || count === 0 ? new Float64Array(count) : vectorCopy(point.z, 'point.z', { length: count })
    const theta = options.theta === undefined ? y.slice() : vectorCopy(options.theta, 'theta', { length: y.length })
    problem.projectLower(theta)
    const inner = new InnerProblem(problem, { x, y, z }, parameters)
    const ended = yield* spectralProjectedGradient(inner, theta)
    return { ...inner.solution(theta, new Float64Array(y.length)), ...ended }
  },
  { tolerance: 1e-10, maxIterations: 10_000, options: ['theta', 'gamma1', 'gamma2', 'bound'] },
)

/** The function of theta whose minimum is v, at fixed x, y and z. */
class InnerProblem {
  readonly #problem: CompleteProblem
  readonly #x: Float64Array
  readonly #y: Float64Array
  readonly #z: Float64Array
  readonly #gamma1: number
  readonly #gamma2: number
  readonly #Z: MultiplierSet
  /** The maximiser at the last theta. */
  readonly #lambda: Float64Array
  readonly #g: Float64Array
  readonly #gx: Float64Array
  readonly #Jx: Float64Array
  readonly #Jy: Float64Array

  constructor(
    problem: CompleteProblem,
    { x, y, z }: { x: Float64Array; y: Float64Array; z: Float64Array },
    { gamma1, gamma2, bound }: { gamma1: number; gamma2: number; bound: number },
  ) {
    this.#problem = problem
    this.#x = x
    this.#y = y
    this.#z = z
    this.#gamma1 = gamma1
    this.#gamma2 = gamma2
    this.#Z = new MultiplierSet(problem.constraints, bound)
    this.#Z.project(z)
    this.#lambda = new Float64Array(z.length)
    this.#g = new Float64Array(z.length)
    this.#gx = new Float64Array(x.length)
    this.#Jx = new Float64Array(x.length)
    this.#Jy = new Float64Array(y.length)
  }

  /** Returns the value and writes the gradient. */
  evaluate(theta: Float64Array, gradient: Float64Array): number {
    const { lower, constraints } = this.#problem
    const [x, y, z, lambda, g] = [this.#x, this.#y, this.#z, this.#lambda, this.#g]
    const [gamma1, gamma2] = [this.#gamma1, this.#gamma2]
    let value: number = lower.value(x, theta)
    lower.gradient(x, theta, this.#gx, gradient)
    constraints.value(x, theta, g)
    for (let i = 0; i < z.length; i++) {
      lambda[i] = this.#Z.clip(i, z[i] + gamma2 * g[i])
      const moved = lambda[i] - z[i]
      value += lambda[i] * g[i] - (moved * moved) / (2 * gamma2)
    }
    constraints.transposed(x, theta, lambda, this.#Jx, this.#Jy)
    for (let j = 0; j < theta.length; j++) {
      const moved = theta[j] - y[j]
      value += (moved * moved) / (2 * gamma1)
      gradient[j] += this.#Jy[j] + moved / gamma1
    }
    return value
  }

  project(theta: Float64Array): void {
    this.#problem.projectLower(theta)
  }

  /** The gradients of v, if theta is the minimiser. */
  solution(theta: Float64Array, gradient: Float64Array): ValueFunctionSolution {
    const value = this.evaluate(theta, gradient)
    return {
      value,
      theta,
      lambda: this.#lambda.slice(),
      gradX: this.#gx.map((entry, j) => entry + this.#Jx[j]),
      gradY: this.#y.map((entry, j) => (entry - theta[j]) / this.#gamma1),
      gradZ: this.#lambda.map((entry, i) => (entry - this.#z[i]) / this.#gamma2),
    }
  }
}
