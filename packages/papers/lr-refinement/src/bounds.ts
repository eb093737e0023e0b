import { number, options as optionsOf, refuse, type VectorLike, vector } from '@opt/core'
import { toUnit } from './norms.ts'
import { finite } from './weights.ts'

/** Arguments of {@link regretBound}. */
export interface RegretBoundArguments {
  /** w_1, ..., w_T, positive. */
  weights: VectorLike
  /** |g_1|, ..., |g_T|: the l2 norms of the gradients that the run met. */
  norms: VectorLike
  /** D: the distance from the first point to the point of comparison. */
  distance: number
}

/** Arguments of {@link lastIterateBound}. */
export interface LastIterateBoundArguments {
  /** eta_1, ..., eta_T, positive. */
  steps: VectorLike
  /** |g_1|, ..., |g_T|: the l2 norms of the gradients that the run met. */
  norms: VectorLike
  /** D: the distance from the first point to the point of comparison. */
  distance: number
}

/**
 * Returns the bound (D^2 + sum_t w_t^2 |g_t|^2) / (2 w_{1:T}) on f(x_T) - f(u), where x_T is the last iterate of
 * SGD with the learning rates `stepsFromWeights(weights)`, f is convex, u lies at distance D of x_1 and g_t is a
 * subgradient at x_t; in expectation, if it is an unbiased estimate of one.
 *
 * @throws TypeError or RangeError when an argument is wrong or the bound exceeds float64.
 */
export function regretBound(run: RegretBoundArguments): number {
  const { weights, norms, distance } = optionsOf(run, 'regretBound: run')
  const w = vector(weights, 'regretBound: weights', { sign: 'positive' })
  const G = vector(norms, 'regretBound: norms', { sign: 'nonnegative', length: w.length })
  const D = number(distance, 'regretBound: distance', { nonnegative: true })
  // In units of the largest term, so that squares neither over- nor underflow.
  let [unit, largest] = [D, 0]
  for (let t = 0; t < w.length; t++) {
    unit = Math.max(unit, w[t] * G[t])
    largest = Math.max(largest, w[t])
  }
  if (unit === 0) return 0
  let [squares, total] = [(D / unit) * (D / unit), 0]
  for (let t = 0; t < w.length; t++) {
    const move = (w[t] * G[t]) / unit
    squares += move * move
    total += w[t] / largest
  }
  return finite((unit / largest) * (squares / (2 * total)) * unit, 'regretBound: run')
}

/**
 * Returns a bound on f(x_T) - f(u) for the last iterate of SGD with any positive learning rates, f convex and u at
 * distance D of x_1. With s_k = eta_k + ... + eta_T and q_k = sum_{t >= k} eta_t^2 |g_t|^2 it is
 * B = (D^2 + q_1) / (2 s_1) + sum_{k < T} eta_k q_k / (2 s_{k+1} s_k), which by summation by parts equals
 * (D^2 / s_1 + sum_{k < T} eta_k^2 |g_k|^2 / s_{k+1} + eta_T |g_T|^2) / 2: a convex function of the learning rates.
 *
 * At linear decay it is about twice {@link regretBound}; bounds of the two kinds are not to be compared. The last
 * learning rate moves no iterate but must be positive here: replace the 0 of linear decay by half the one before.
 *
 * @throws TypeError or RangeError when an argument is wrong, a step is not positive, or the bound exceeds float64.
 */
export function lastIterateBound(run: LastIterateBoundArguments): number {
  return evaluateRun(run, 'lastIterateBound', null)
}

/**
 * Returns {@link lastIterateBound} and its gradient in the learning rates.
 *
 * @throws TypeError or RangeError as {@link lastIterateBound} does.
 */
export function lastIterateBoundGradient(run: LastIterateBoundArguments): { bound: number; gradient: Float64Array } {
  const gradient = new Float64Array(vector(run?.steps, 'lastIterateBoundGradient: steps').length)
  return { bound: evaluateRun(run, 'lastIterateBoundGradient', gradient), gradient }
}

function evaluateRun(run: LastIterateBoundArguments, name: string, gradient: Float64Array | null): number {
  const { steps, norms, distance } = optionsOf(run, `${name}: run`)
  const eta = vector(steps, `${name}: steps`)
  for (let t = 0; t < eta.length; t++) {
    if (eta[t] > 0) continue
    const hint = t === eta.length - 1 ? ' (the last one moves no iterate: any positive placeholder will do)' : ''
    refuse(`${name}: steps[${t}]`, `positive${hint}`, String(eta[t]))
  }
  const G = vector(norms, `${name}: norms`, { sign: 'nonnegative', length: eta.length })
  const D = number(distance, `${name}: distance`, { nonnegative: true })
  // In units of the largest step and norm, so that squares neither over- nor underflow.
  let [longest, steepest] = [0, 0]
  for (let t = 0; t < eta.length; t++) {
    longest = Math.max(longest, eta[t])
    steepest = Math.max(steepest, G[t])
  }
  const units = { step: toUnit(longest), norm: steepest > 0 ? toUnit(steepest) : 1 }
  const bound = evaluate(eta, G, D * units.step * units.norm, units, gradient)
  if (gradient)
    for (let t = 0; t < gradient.length; t++) {
      gradient[t] = gradient[t] / units.norm / units.norm
      if (!Number.isFinite(gradient[t])) finite(Infinity, `${name}: run`)
    }
  return finite(bound / units.norm / units.step / units.norm, `${name}: run`)
}

/** Factors of the learning rates and of the gradient norms. */
interface Units {
  step: number
  norm: number
}

/**
 * Evaluates the bound, and its gradient if asked, of the learning rates and norms in other units.
 *
 * dB/deta_j = eta_j |g_j|^2 / s_{j+1} - (D / s_1)^2 / 2 - sum_{k < j} (eta_k |g_k| / s_{k+1})^2 / 2, the first term
 * being |g_T|^2 / 2 at j = T.
 */
export function evaluate(
  eta: Float64Array,
  G: Float64Array,
  D: number,
  units: Units,
  gradient: Float64Array | null,
): number {
  const last = eta.length - 1
  const end = G[last] * units.norm
  let tail = eta[last] * units.step
  let twice = tail * end * end
  for (let k = last - 1; k >= 0; k--) {
    if (gradient) gradient[k] = tail
    const step = eta[k] * units.step
    const move = step * (G[k] * units.norm)
    twice += move * (move / tail)
    tail += step
  }
  const start = D / tail
  if (gradient) {
    let fixed = (start * start) / 2
    for (let j = 0; j < last; j++) {
      const norm = G[j] * units.norm
      const share = (eta[j] * units.step * norm) / gradient[j]
      gradient[j] = share * norm - fixed
      fixed += (share * share) / 2
    }
    gradient[last] = (end * end) / 2 - fixed
  }
  return (twice + D * start) / 2
}
