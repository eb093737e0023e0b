import { callback, type Solver, solver, type VectorLike } from '@opt/core'
import { ask, type Direction } from '../system/direction.ts'
import { Problem, type ProblemOptions } from '../system/problem.ts'
import type { SystemMatrix } from '../system/system.ts'
import { conjugateSteps, type StepReport } from './conjugate-steps.ts'

/** Options of {@link conjugateGradient}. */
export interface ConjugateGradientOptions extends ProblemOptions {
  /** Writes or returns M^-1 r for a symmetric positive definite M near A, such as {@link incompleteCholesky}. Default: M = I. */
  preconditioner?: Direction | undefined
}

/** Answer of {@link conjugateGradient} and {@link deflatedCG}. */
export interface ConjugateGradientSolution {
  x: Float64Array
  /** |b - A x| / |b|, computed from x. */
  residual: number
}

/**
 * Solves A x = b by conjugate gradients, preconditioned or not (Hestenes and Stiefel 1952). `error` is |b - A x| / |b|
 * with every preconditioner, so that counts of iterations can be compared with those of {@link dcdm}; the function of
 * this name in @opt/core measures in the preconditioner's norm.
 *
 * @param A symmetric positive definite; rows of a CSR matrix may be empty: such unknowns stay 0.
 * @param b right-hand side, length n.
 * @throws TypeError or RangeError that names the wrong argument, entry or answer of the preconditioner.
 */
export const conjugateGradient: Solver<
  [A: SystemMatrix, b: VectorLike, options: ConjugateGradientOptions],
  StepReport,
  ConjugateGradientSolution
> = solver(
  'conjugateGradient',
  function* (A, b, options) {
    const { preconditioner } = options
    if (preconditioner !== undefined) callback(preconditioner, 'preconditioner')
    return yield* run(new Problem(A, b, options), options, preconditioner)
  },
  { tolerance: 1e-4, maxIterations: 10_000, options: ['preconditioner', 'initial', 'mask'] },
)

/** Conjugate gradients from the problem's x to an answer. */
export function* run(
  problem: Problem,
  options: object,
  preconditioner?: Direction,
): Generator<StepReport, ConjugateGradientSolution, boolean> {
  const { tolerance } = options as { tolerance: number }
  if (problem.error <= tolerance) return { status: 'converged', ...problem.answer() } as ConjugateGradientSolution
  const precondition =
    preconditioner && ((r: Float64Array, out: Float64Array) => ask(preconditioner, r.slice(), out, 'preconditioner'))
  const message = yield* conjugateSteps(problem, tolerance, precondition)
  return problem.answer(message)
}
