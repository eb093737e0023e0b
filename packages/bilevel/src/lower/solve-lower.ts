import { lbfgs, type Report, type Solver, solver, type VectorLike, vectorCopy } from '@opt/core'
import { checkLevel, finite, type LowerLevel } from '../problem.ts'
import { delegate } from './delegate.ts'
import { newtonConjugateGradient } from './newton-cg.ts'
import { LowerObjective } from './objective.ts'

/** Options of {@link solveLower}. */
export interface SolveLowerOptions {
  /** The batch that the lower level is given; default all. */
  batch?: unknown
}

/** Report of {@link solveLower} after each step. */
export interface SolveLowerReport extends Report {
  /** Largest entry of the gradient in y in absolute value. */
  error: number
  value: number
  /** Length of the step in units of its direction. */
  step: number
}

/** Answer of {@link solveLower}. */
export interface LowerSolution {
  y: Float64Array
  /** g(x, y). */
  value: number
  /** The gradient in y. */
  gradient: Float64Array
  /** Calls of value and gradient. */
  evaluations: number
  /** Products with the Hessian. */
  products: number
}

/**
 * Minimises g(x, .): by Newton's method with conjugate gradients where the lower level has `hvp`, by limited-memory
 * BFGS otherwise.
 *
 * `error` is the largest entry of the gradient in y in absolute value, `tolerance` 1e-10 by default. A run that
 * finds no lower point ends as 'stalled': the tolerance is below rounding, or a derivative is wrong, which
 * {@link checkProblem} finds. Constraints are not looked at.
 *
 * @param x upper variables; not changed.
 * @param y0 start; not changed.
 * @throws TypeError or RangeError when an argument is wrong, or what the level gives at the start is not finite.
 */
export const solveLower: Solver<
  [lower: LowerLevel<never>, x: VectorLike, y0: VectorLike, options: SolveLowerOptions],
  SolveLowerReport,
  LowerSolution
> = solver(
  'solveLower',
  function* (lower, x, y0, options) {
    const { tolerance, maxIterations, batch } = options as SolveLowerOptions & {
      tolerance: number
      maxIterations: number
    }
    checkLevel(lower as LowerLevel<unknown>, 'lower')
    const y = vectorCopy(y0, 'y0')
    const objective = new LowerObjective(lower as LowerLevel<unknown>, vectorCopy(x, 'x'), batch)
    const gradient = new Float64Array(y.length)
    const value = objective.evaluate(y, gradient)
    finite(Float64Array.of(value), 'lower.value at y0')
    finite(gradient, 'lower.gradient at y0: gy')
    const count = () => ({ evaluations: objective.evaluations, products: objective.products })
    if (lower.hvp) {
      const answer = yield* newtonConjugateGradient(objective, y, value, gradient)
      return { y, ...answer, ...count() }
    }
    const evaluate = (at: Float64Array, gradient: Float64Array) => objective.evaluate(at, gradient)
    const found = yield* delegate((signal) =>
      lbfgs.steps(evaluate, y, { tolerance, maxIterations: maxIterations + 1, signal, history: false }),
    )
    const solution = { y: found.x, value: found.value, gradient: found.gradient, ...count() }
    return found.status === 'stalled' ? { ...solution, message: 'no lower point along the steepest descent' } : solution
  },
  { tolerance: 1e-10, maxIterations: 1000, options: ['batch'] },
)
