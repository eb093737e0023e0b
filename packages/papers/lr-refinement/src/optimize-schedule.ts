import { exp, lbfgs, log, number, type Report, type Solver, solver, type VectorLike, vector } from '@opt/core'
import { evaluate } from './bounds.ts'
import { stepsFromWeights } from './steps-from-weights.ts'
import { inversePowers } from './weights.ts'

/** Options of {@link optimizeSchedule}. */
export interface OptimizeScheduleOptions {
  /** D: the distance from the first point to the minimiser. */
  distance: number
  /** Learning rates to start from, T positive numbers. Default: the closed form of {@link optimalWeights}. */
  initial?: VectorLike | undefined
}

/** Report of {@link optimizeSchedule} after each step of L-BFGS. */
export interface OptimizeScheduleReport extends Report {
  /** max_t |d log B / d log eta_t|: by what fraction of itself the bound still changes with a learning rate. */
  error: number
  /** The bound of the learning rates so far. */
  bound: number
}

/** Answer of {@link optimizeSchedule}. */
export interface OptimizedSchedule {
  /** eta_1, ..., eta_T, all positive; the last one moves no iterate. */
  steps: Float64Array
  /** Their {@link lastIterateBound}. */
  bound: number
}

/**
 * Minimises {@link lastIterateBound} over all learning rates, for given gradient norms, by L-BFGS on log B over
 * log eta. The bound is convex in the learning rates, so a stationary point is the global minimum.
 *
 * `error` is max_t |d log B / d log eta_t|, `tolerance` 1e-8 by default.
 *
 * @param norms |g_1|, ..., |g_T|, positive; not changed.
 * @throws TypeError or RangeError when an argument is wrong, or the norms lie too far apart for float64.
 */
export const optimizeSchedule: Solver<
  [norms: VectorLike, options: OptimizeScheduleOptions],
  OptimizeScheduleReport,
  OptimizedSchedule
> = solver('optimizeSchedule', function* (norms, { distance, initial }) {
  const G = vector(norms, 'norms', { sign: 'positive' })
  const D = number(distance, 'distance', { positive: true })
  const steepest = G.reduce((a, b) => Math.max(a, b))
  const unit = D / steepest
  const first =
    initial === undefined ? closedForm(G) : vector(initial, 'initial', { sign: 'positive', length: G.length })
  const start = first.map((v) => log(initial === undefined ? v : v / unit))

  const eta = new Float64Array(G.length)
  const objective = (theta: Float64Array, gradient: Float64Array) => {
    for (let t = 0; t < eta.length; t++) eta[t] = exp(theta[t])
    const bound = evaluate(eta, G, 1, { longest: 1, steepest, gradient })
    for (let t = 0; t < eta.length; t++) gradient[t] *= eta[t] / bound
    return log(bound)
  }
  const stop = new AbortController()
  const run = lbfgs.steps(objective, start, { tolerance: 0, maxIterations: 1e9, history: false, signal: stop.signal })
  let next = run.next()
  while (!next.done) {
    const { error, value } = next.value
    if (yield { error, bound: D * (steepest * exp(value)) }) stop.abort()
    next = run.next()
  }
  const { x, value } = next.value
  return { steps: x.map((theta) => unit * exp(theta)), bound: D * (steepest * exp(value)) }
})

/** The refined learning rates in units of D / max |g|, with a positive last one. */
function closedForm(G: Float64Array): Float64Array {
  const weights = inversePowers(G, 2, 'norms')
  let [total, least, largest] = [0, Infinity, 0]
  for (let t = 0; t < G.length; t++) {
    total += weights[t]
    least = Math.min(least, G[t])
    largest = Math.max(largest, G[t])
  }
  const lambda = largest / least / Math.sqrt(total)
  const steps = stepsFromWeights(weights).map((v) => lambda * v)
  steps[G.length - 1] = G.length > 1 ? steps[G.length - 2] / 2 : 1
  return steps
}
