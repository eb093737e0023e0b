import { dot } from '@opt/core'
import { notPositiveDefinite, type Problem } from '../system/problem.ts'
import { axpy, xpby } from '../system/vectors.ts'

/** The report of a step along a search direction. */
export interface StepReport {
  /** |b - A x| / |b|. */
  error: number
  /** The search direction: a view that the next step overwrites. */
  direction: Float64Array
  /** x moved by this much times the direction. */
  step: number
}

/** out = M^-1 r, as a generator: it may have to wait. */
export type Precondition = (r: Float64Array, out: Float64Array) => Generator<never, void, unknown>

/** What conjugate gradients carry from one iteration to the next, besides x and r. */
export interface ConjugateMemory {
  p: Float64Array
  /** r'M^-1 r of the last iteration; 0 before the first. */
  rz: number
  /** The error when b - A x was last computed. */
  measured: number
  /** Whether it no longer decreased then. */
  stalled: boolean
}

/** The memory before the first iteration. */
export function conjugateMemory({ n, error }: Problem): ConjugateMemory {
  return { p: new Float64Array(n), rz: 0, measured: error, stalled: false }
}

/**
 * Conjugate gradients from the present x of a problem (Hestenes and Stiefel 1952). The recurrence's residual drifts, so
 * b - A x is computed before anything counts as converged.
 *
 * @param memory that of a run to go on with; kept up to date.
 * @returns why it gave up, if it did.
 */
export function* conjugateSteps(
  problem: Problem,
  tolerance: number,
  precondition?: Precondition,
  memory: ConjugateMemory = conjugateMemory(problem),
): Generator<StepReport, string | undefined, boolean> {
  const { n, x, r, scale } = problem
  const { p } = memory
  const [z, Ap] = [0, 1].map(() => new Float64Array(n))
  while (!memory.stalled) {
    if (precondition) yield* precondition(r, z)
    else z.set(r)
    problem.restrict(z)
    const next = dot(r, z)
    if (!(next > 0) && problem.error < TINY) return BELOW
    if (!(next > 0)) return `the preconditioner is not positive definite: r'M^-1 r = ${Number(next.toPrecision(3))}`
    const beta = memory.rz === 0 ? 0 : next / memory.rz
    memory.rz = next
    xpby(z, beta, p)
    problem.multiply(p, Ap)
    const curvature = dot(p, Ap)
    if (!(curvature > 0)) return notPositiveDefinite(curvature)
    const alpha = next / curvature
    axpy(alpha, p, x)
    axpy(-alpha, Ap, r)
    let error = problem.sized()
    if (error <= tolerance) {
      const before = memory.measured
      error = memory.measured = problem.measure()
      memory.stalled = error > tolerance && error > before / 2
    }
    if (yield { error, direction: p, step: alpha * scale }) return undefined
  }
  return BELOW
}

/** An error at which squares may vanish. */
const TINY = 1e-100
const BELOW = 'b - A x no longer decreases, though its recurrence does: the tolerance is below rounding'
