import {
  number,
  options as optionsOf,
  refuse,
  show,
  type ValueAndGradient,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { hypergradient } from './hypergradient.ts'
import { solveLower } from './lower/solve-lower.ts'
import { type BilevelProblem, checkedValue, checkLevels } from './problem.ts'

/** Options of {@link hyperobjective}. */
export interface HyperobjectiveOptions {
  /** Largest entry of the lower level's gradient, and largest relative residual of the adjoint. Default 1e-8. */
  tolerance?: number | undefined
  /** Iterations of a lower solve. Default 1000. */
  maxIterations?: number | undefined
}

/** Phi(x) = F(x, y(x)), where y(x) minimises g(x, .), with its exact gradient. */
export interface Hyperobjective {
  /** Returns Phi(x) and writes its gradient: what {@link lbfgs} of @opt/core minimises. */
  evaluate: ValueAndGradient
  /** Returns a copy of the last lower solution, the start of the next solve. */
  y(): Float64Array
}

/**
 * Makes Phi(x) = F(x, y(x)) a function of x with its gradient, for any smooth minimiser. Each evaluation solves the
 * lower level from the last solution, and one adjoint system.
 *
 * @param problem lower level with `hvp`.
 * @param y0 start of the first lower solve.
 * @returns `evaluate` throws an Error when the lower level or the adjoint system cannot be solved to the tolerance.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function hyperobjective(
  problem: BilevelProblem<never>,
  y0: VectorLike,
  options?: HyperobjectiveOptions,
): Hyperobjective {
  const name = 'hyperobjective: '
  const { tolerance = 1e-8, maxIterations = 1000 } = optionsOf(options, `${name}options`, [
    'tolerance',
    'maxIterations',
  ])
  number(tolerance, `${name}tolerance`, { nonnegative: true })
  number(maxIterations, `${name}maxIterations`, { integer: true, min: 1 })
  checkLevels(problem as BilevelProblem<unknown>, name)
  const y = vectorCopy(y0, `${name}y0`)
  let adjoint: Float64Array | undefined
  return {
    evaluate(given, gradient) {
      const x = vectorCopy(given, `${name}x`)
      if (Object.prototype.toString.call(gradient) !== '[object Float64Array]' || gradient.length !== x.length)
        refuse(`${name}gradient`, `a Float64Array of length ${x.length}`, show(gradient), 'type')
      const lower = solved(solveLower(problem.lower, x, y, { tolerance, maxIterations, history: false }))
      y.set(lower.y)
      const found = solved(hypergradient(problem, x, y, { tolerance, adjoint, history: false }))
      adjoint = found.adjoint
      gradient.set(found.gradient)
      return checkedValue(problem.upper.value(x, y), `${name}upper.value`)
    },
    y: () => y.slice(),
  }
}

function solved<T extends { status: string; message: string }>(answer: T): T {
  if (answer.status !== 'converged') throw new Error(`hyperobjective: ${answer.message}`)
  return answer
}
