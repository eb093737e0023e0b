import type { BilevelProblem } from '@opt/bilevel'
import { allFinite, nrm2, type Report, type Solver, solver } from '@opt/core'
import { LowerSteps } from './lower-steps.ts'
import { Measure, type Measures } from './measures.ts'
import { type BoRepOptions, type BoRepStart, checkProblemParts, readOptions, startOf } from './options.ts'

/** Report of {@link boRep} after each step. */
export interface BoRepReport extends Report {
  /** See {@link boRep}. */
  error: number
  /** Every `measureEvery` steps. */
  measures?: Measures
}

/** Answer of {@link boRep}; a start from which a run goes on to the same bits. */
export interface BoRepSolution {
  /** Upper variables. */
  x: Float64Array
  /** Lower variables, near the minimiser y*(x). */
  y: Float64Array
  /** Adjoint, near the solution of (d2g/dydy) z = gradient of F in y. */
  z: Float64Array
  /** Momentum, an average of hypergradients. */
  m: Float64Array
  /** Steps so far, those before the start included. */
  k: number
  /** F(x, y) on all data. */
  upper: number
}

/**
 * BO-REP, bilevel optimisation with refined start and periodic updates (Hao, Gong and Liu 2024, algorithm 1), for upper
 * levels whose curvature grows with their gradient.
 *
 * Each step follows an average of stochastic hypergradients and has length eta, however steep F is; y is refined once,
 * then updated every `period` steps, and one linear step a time makes z track the adjoint. `error` is the length of m;
 * before a run counts as converged, the lower level and the adjoint system are solved on all data, and the larger of
 * |m| and the exact length of the gradient of Phi(x) = F(x, y*(x)) is its error. `tolerance` is 1e-6 by default,
 * `maxIterations` 1000. With a constant `eta` steps never shrink: a run then ends within about eta of a solution, at
 * `maxIterations`.
 *
 * @param problem lower level strongly convex in y, with `hvp`.
 * @param start not changed.
 * @returns with status 'diverged', the last finite iterate.
 * @throws TypeError or RangeError when an argument is wrong or the lower level has no `hvp`.
 */
export const boRep: Solver<
  [problem: BilevelProblem<never, never>, start: BoRepStart, options: BoRepOptions],
  BoRepReport,
  BoRepSolution
> = solver(
  'boRep',
  function* (given, start, options) {
    const problem = checkProblemParts(given)
    const { upper, lower } = problem
    const parameters = readOptions(options)
    const { etaAt, beta, nu, period, refine, update, normalized, reuse, batches, measureEvery } = parameters
    const { x, y, z, m, k: first } = startOf(start)
    let k = first

    const [nextX, nextM, Fx, mixed] = [0, 1, 2, 3].map(() => new Float64Array(x.length))
    const [nextY, nextZ, Fy, Hz] = [0, 1, 2, 3].map(() => new Float64Array(y.length))
    const lowerSteps = new LowerSteps(lower, x.length, y.length, () => batches.lower())

    /** Takes step k, if all of it is finite. */
    const step = (): boolean => {
      nextY.set(y)
      if (k === 0 && refine) lowerSteps.refine(x, nextY, refine)
      else if (k > 0 && k % period === 0) lowerSteps.update(x, nextY, update)

      const lowerBatch = batches.hvp() as never
      lower.hvp(x, nextY, z, mixed, Hz, lowerBatch)
      upper.gradient(x, nextY, Fx, Fy, batches.upper() as never)
      for (let j = 0; j < z.length; j++) nextZ[j] = z[j] - nu * (Hz[j] - Fy[j])

      if (!reuse) lower.hvp(x, nextY, nextZ, mixed, Hz, lowerBatch)
      for (let j = 0; j < m.length; j++) nextM[j] = beta * m[j] + (1 - beta) * (Fx[j] - mixed[j])

      const factor = etaAt(k) / (normalized ? nrm2(nextM) + 1e-10 : 1)
      for (let j = 0; j < x.length; j++) nextX[j] = x[j] - factor * nextM[j]

      if (!(allFinite(nextX) && allFinite(nextY) && allFinite(nextZ) && allFinite(nextM))) return false
      x.set(nextX)
      y.set(nextY)
      z.set(nextZ)
      m.set(nextM)
      k++
      return true
    }

    const measure = new Measure(problem, y)
    const answer = () => ({ x, y, z, m, k, upper: upper.value(x, y) })
    const { tolerance } = options as { tolerance?: number }

    for (;;) {
      if (!step()) return { ...answer(), status: 'diverged' as const, message: DIVERGED }
      const norm = nrm2(m)
      const error = norm <= tolerance! ? Math.max(norm, measure.at(x, y).gradientNorm) : norm
      const due = measureEvery > 0 && k % measureEvery === 0
      const stop = yield due ? { error, measures: measure.at(x, y) } : { error }
      if (stop) return answer()
    }
  },
  {
    options: [
      'eta',
      'beta',
      'nu',
      'gamma',
      'period',
      'inner',
      'radius',
      'average',
      'refine',
      'normalized',
      'adjoint',
      'batches',
      'measureEvery',
    ],
  },
)

const DIVERGED =
  'the next iterate is not finite, this is the last finite one; gamma and nu have to be below 2 / L, where L is the largest curvature of g in y'
