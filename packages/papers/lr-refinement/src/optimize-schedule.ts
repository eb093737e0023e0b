import {
  exp,
  lbfgs,
  log,
  number,
  type Report,
  refuse,
  type Solver,
  solver,
  sum,
  type VectorLike,
  vector,
} from '@opt/core'
import { evaluate } from './bounds.ts'
import { toUnit } from './norms.ts'
import { stepsFromWeights } from './steps-from-weights.ts'
import { finite, inversePowers } from './weights.ts'

/** Options of {@link optimizeSchedule}. */
export interface OptimizeScheduleOptions {
  /** D: the distance from the first point to the minimiser. */
  distance: number
  /**
   * Learning rates whose best multiple is the start: T positive numbers, in any unit. Default: those of
   * {@link optimalWeights}.
   */
  initial?: VectorLike | undefined
}

/** Report of {@link optimizeSchedule} after each step of L-BFGS. */
export interface OptimizeScheduleReport extends Report {
  /** By what fraction of itself the bound can at most still fall: the relative duality gap. */
  error: number
  /** The bound of the learning rates so far. */
  bound: number
}

/** Answer of {@link optimizeSchedule} and {@link optimalSchedule}. */
export interface OptimizedSchedule {
  /** eta_1, ..., eta_T, all positive; the last one moves no iterate. */
  steps: Float64Array
  /** Their {@link lastIterateBound}. */
  bound: number
}

/**
 * Minimises {@link lastIterateBound} over all learning rates, for given gradient norms, by L-BFGS on log B over
 * log eta from the refined schedule. {@link optimalSchedule} has the same minimum in closed form; this solver needs no
 * formula for it, and serves as a check.
 *
 * B(eta) = D^2 / (2 s_1) + H(eta), and H is convex and homogeneous of degree 1, so H(x) >= <grad H(eta), x> and no
 * learning rates have a bound below D sqrt(2 min_t dH/deta_t). The distance to that is the `error`, relative to B;
 * `tolerance` is 1e-6 by default.
 *
 * @param norms |g_1|, ..., |g_T|, positive; not changed.
 * @throws TypeError or RangeError when an argument is wrong, or the norms lie too far apart for float64.
 */
export const optimizeSchedule: Solver<
  [norms: VectorLike, options: OptimizeScheduleOptions],
  OptimizeScheduleReport,
  OptimizedSchedule
> = solver(
  'optimizeSchedule',
  function* (norms, { distance, initial }) {
    const G = vector(norms, 'norms', { sign: 'positive' })
    const D = number(distance, 'distance', { positive: true })
    const steepest = G.reduce((a, b) => Math.max(a, b))
    const shape =
      initial === undefined ? refined(G) : vector(initial, 'initial', { sign: 'positive', length: G.length })
    const longest = shape.reduce((a, b) => Math.max(a, b))
    if (!(shape.reduce((a, b) => Math.min(a, b)) >= 1e-150 * longest))
      refuse('initial', 'of learning rates within a factor of 1e150 of each other', 'smaller ones')

    // In units of D / norm. Of the multiples of a shape e the best has the factor (s_1 H)^(-1/2), H the part of 2 B without D.
    const units = { step: 1, norm: toUnit(steepest) }
    const e = shape.map((v) => v / longest)
    const factor = -log(sum(e) * 2 * evaluate(e, G, 0, units, null)) / 2
    const start = e.map((v) => log(v) + factor)

    const eta = new Float64Array(G.length)
    let gap = Infinity
    const objective = (theta: Float64Array, gradient: Float64Array) => {
      for (let t = 0; t < eta.length; t++) eta[t] = exp(theta[t])
      const bound = evaluate(eta, G, 1, units, gradient)
      let least = Infinity
      for (let t = 0; t < eta.length; t++) {
        least = Math.min(least, gradient[t])
        gradient[t] *= eta[t] / bound
      }
      const total = sum(eta)
      const slope = least + 1 / (total * total) / 2
      gap = 1 - Math.sqrt(2 * Math.max(slope, 0)) / bound
      return log(bound)
    }
    const boundOf = (logarithm: number) => finite((D * exp(logarithm)) / units.norm, 'distance')
    const stop = new AbortController()
    const run = lbfgs.steps(objective, start, { tolerance: 0, maxIterations: 1e9, history: false, signal: stop.signal })
    let next = run.next()
    while (!next.done) {
      // The last point that was evaluated is the one that L-BFGS went to.
      if (yield { error: Math.max(gap, 0), bound: boundOf(next.value.value) }) stop.abort()
      next = run.next()
    }
    const { x, value } = next.value
    return { steps: x.map((theta) => finite(D * units.norm * exp(theta), 'distance')), bound: boundOf(value) }
  },
  { options: ['distance', 'initial'] },
)

/** The steps of the optimal weights up to a factor, with a positive last one. */
function refined(G: Float64Array): Float64Array {
  const steps = stepsFromWeights(inversePowers(G, 2, 'norms'))
  const last = steps.length - 1
  steps[last] = last > 0 ? steps[last - 1] / 2 : 1
  return steps
}
