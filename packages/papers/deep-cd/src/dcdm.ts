import { allFinite, boolean, dot, nrm2, number, type Solver, solver, type VectorLike } from '@opt/core'
import { conjugateMemory, conjugateSteps, type StepReport } from './baselines/conjugate-steps.ts'
import { type DcdmState, type Progress, restore, saved } from './dcdm-state.ts'
import { ConjugateDirections } from './system/conjugate-directions.ts'
import { ask, checkDirection, type Direction } from './system/direction.ts'
import { notPositiveDefinite, Problem, type ProblemOptions } from './system/problem.ts'
import type { SystemMatrix } from './system/system.ts'
import { axpy } from './system/vectors.ts'

/** Options of {@link dcdm}. */
export interface DcdmOptions extends ProblemOptions {
  /** Chooses search directions: `network.direction(shape)`, `incompleteCholesky(A)`, or a function of your own. */
  direction: Direction
  /** How many earlier directions a new one is made A-orthogonal to; Infinity for all. Default 2. */
  orthogonalize?: number | undefined
  /** Whether conjugate gradients take over when the residual has not halved in 10 iterations. Default true. */
  safeguard?: boolean | undefined
  /** The `state` of an earlier answer for the same system and options: goes on from there, to the same bits. */
  resume?: DcdmState | undefined
}

/** The report of {@link dcdm} on an iteration. */
export interface DcdmReport extends StepReport {
  /** Whether the residual replaced a direction that was not finite or did not descend. */
  fallback: boolean
  /** Whether conjugate gradients have taken over. */
  rescued: boolean
}

/** Answer of {@link dcdm}. */
export interface DcdmSolution {
  x: Float64Array
  /** |b - A x| / |b|, computed from x. */
  residual: number
  /** Iterations in which the residual replaced the direction, those before `resume` among them. */
  fallbacks: number
  /** Iterations after which conjugate gradients took over; undefined when they did not. */
  rescuedAfter: number | undefined
  /** Of a run that was stopped before it had an answer: what `resume` takes. */
  state?: DcdmState
}

/**
 * Solves A x = b by the deep conjugate direction method: a network, or any function, chooses a direction, which is made
 * A-orthogonal to the last few and searched exactly (Kaneda et al. 2023, algorithm 1):
 *
 *     q = f(r / |r|);  q -= p_j (q'A p_j) / (p_j'A p_j), oldest first;  x += q (q'r) / (q'A q);  r = b - A x
 *
 * The error's A-norm never increases, whatever f answers. Where q is not finite, q'A q <= 0 or q'r is 0 up to rounding,
 * the residual takes its place. `error` is |b - A x| / |b|, computed from x.
 *
 * @param A symmetric positive definite; rows of a CSR matrix may be empty: such unknowns stay 0.
 * @param b right-hand side, length n.
 * @throws TypeError or RangeError that names the wrong argument, entry or answer of the direction.
 */
export const dcdm: Solver<[A: SystemMatrix, b: VectorLike, options: DcdmOptions], DcdmReport, DcdmSolution> = solver(
  'dcdm',
  function* (A, b, options) {
    const { orthogonalize: k = 2, safeguard = true, resume } = options
    const direction = checkDirection(options.direction)
    if (k !== Infinity) number(k, 'orthogonalize', { integer: true, min: 0 })
    boolean(safeguard, 'safeguard')
    const problem = new Problem(A, b, options)
    const { n, x, r, scale } = problem
    const { tolerance } = options as { tolerance?: number }
    const directions = new ConjugateDirections(k, n)
    const progress: Progress = { before: 0, fallbacks: 0, errors: [problem.error], directions }
    if (resume !== undefined) restore(resume, problem, progress)
    const { errors } = progress
    const [q, Aq, unit] = [0, 1, 2].map(() => new Float64Array(n))
    let curvature = 0

    function answer(message?: string): DcdmSolution {
      const { fallbacks, rescue } = progress
      return { ...problem.answer(message), fallbacks, rescuedAfter: rescue?.after }
    }

    function stopped(): DcdmSolution {
      const state = problem.error > tolerance! ? { state: saved(problem, progress, PATIENCE + 1) } : {}
      return { ...answer(), ...state }
    }

    /** Makes q A-orthogonal to the stored directions; whether that leaves a direction of descent. */
    function conjugate(): boolean {
      problem.restrict(q)
      if (!normalize(q, q)) return false
      directions.orthogonalise(q)
      problem.multiply(q, Aq)
      curvature = dot(q, Aq)
      return curvature > 0 && curvature < Infinity && Math.abs(dot(q, r)) > 1e-12 * nrm2(q) * nrm2(r)
    }

    if (problem.error <= tolerance!) return { status: 'converged' as const, ...answer() }
    while (!progress.rescue && !(safeguard && problem.error > errors[errors.length - 1 - PATIENCE] / 2)) {
      normalize(r, unit)
      yield* ask(direction, unit.slice(), q)
      const fallback = !conjugate()
      if (fallback) {
        progress.fallbacks++
        q.set(unit)
        if (!conjugate()) {
          directions.clear()
          q.set(unit)
          if (!conjugate()) return answer(notPositiveDefinite(curvature))
        }
      }
      const alpha = dot(q, r) / curvature
      axpy(alpha, q, x)
      const error = problem.measure()
      directions.store(q, Aq, curvature)
      errors.push(error)
      if (yield { error, direction: q, step: alpha * scale, fallback, rescued: false }) return stopped()
    }
    progress.rescue ??= { after: progress.before + errors.length - 1, memory: conjugateMemory(problem) }
    const rescue = conjugateSteps(problem, tolerance!, undefined, progress.rescue.memory)
    for (let step = rescue.next(); ; step = rescue.next()) {
      if (step.done) return answer(step.value)
      errors.push(step.value.error)
      if (yield { ...step.value, fallback: false, rescued: true }) return stopped()
    }
  },
  {
    tolerance: 1e-4,
    maxIterations: 10_000,
    options: ['direction', 'orthogonalize', 'safeguard', 'initial', 'mask', 'resume'],
  },
)

/** Iterations in which the residual has to halve. */
const PATIENCE = 10

/** to = from / |from|; false when that is not finite. */
function normalize(from: Float64Array, to: Float64Array): boolean {
  const length = nrm2(from)
  if (!(length > 0 && length < Infinity && allFinite(from))) return false
  for (let i = 0; i < to.length; i++) to[i] = from[i] / length
  return true
}
