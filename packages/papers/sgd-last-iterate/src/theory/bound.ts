import { log, number, oneOf, options as optionsOf, refuse, show, type VectorLike } from '@opt/core'
import { checkStepSizes, weights } from './coefficients.ts'

/** What is known of the noise xi^t = ghat^t - g^t beyond its mean of 0. */
export type Tails = 'subGaussian' | 'finiteVariance'

/** What one knows of a problem. */
export interface Knowledge {
  /** L and M: f(x) - f(y) - <g, x - y> <= L/2 |x - y|^2 + M |x - y|. An L-smooth f has M = 0. */
  L: number
  /** A G-Lipschitz f has L = 0 and M = 2 G, with G in the dual norm of the map. */
  M: number
  /**
   * The size of the noise in the dual norm: E |xi|^2 <= sigma^2; with `delta` and sub-Gaussian tails E
   * exp(lambda |xi|^2) <= exp(lambda sigma^2) for 0 <= lambda <= 1 / sigma^2, which is more than the
   * root mean square.
   */
  sigma: number
  /** D(x*, x^1) or more; for the Euclidean map ||x* - x^1||^2 / 2. */
  distance: number
  /** f is mu_f-strongly convex relative to the map. Default 0. */
  muF?: number | undefined
  /** The term h is mu_h-strongly convex relative to the map. Default 0. */
  muH?: number | undefined
  /** The bound then holds with probability 1 - delta, otherwise in expectation. */
  delta?: number | undefined
  /** What `delta` assumes; with finite variance it is Markov's inequality. Default 'subGaussian'. */
  tails?: Tails | undefined
  /** Halves the noise term in expectation where L = 0 (a refinement of this package). Default false. */
  sharp?: boolean | undefined
}

/** Options of {@link bound}. */
export interface BoundOptions extends Knowledge {
  /** eta_1 .. eta_T, each at most 1 / max(2 L, mu_f). */
  stepSizes: VectorLike
}

/** {@link Knowledge}, checked, with the defaults. */
export interface CheckedKnowledge {
  L: number
  M: number
  sigma: number
  distance: number
  muF: number
  muH: number
  delta: number | undefined
  tails: Tails
  sharp: boolean
}

/** Checks what one knows. */
export function checkKnowledge(given: Knowledge, label: string): CheckedKnowledge {
  const { L, M, sigma, distance, muF = 0, muH = 0, delta, tails = 'subGaussian', sharp = false } = given
  for (const [key, value] of Object.entries({ L, M, sigma, distance, muF, muH }))
    number(value, `${label}: ${key}`, { nonnegative: true })
  if (delta !== undefined) checkDelta(delta, `${label}: delta`)
  oneOf(tails, `${label}: tails`, ['subGaussian', 'finiteVariance'])
  if (typeof sharp !== 'boolean') refuse(`${label}: sharp`, 'true or false', show(sharp), 'type')
  return { L, M, sigma, distance, muF, muH, delta, tails, sharp }
}

/** Checks a probability of failure. */
export function checkDelta(delta: number, label: string): void {
  number(delta, label)
  if (!(delta > 0 && delta < 1)) refuse(label, 'between 0 and 1', show(delta))
}

/**
 * Returns a number that F(x^{T+1}) - F(x*) does not exceed: in expectation
 *
 *     (1 - mu_f eta_1) D / sum gamma_t + 2 (M^2 + sigma^2) sum c_t,
 *
 * and with probability 1 - delta, for sub-Gaussian noise,
 *
 *     K (D / sum gamma_t + (M^2 + sigma^2 (1 + 2 log(2 / delta))) sum c_t),
 *     K = 2 (1 + max_{t >= 2} 1 / (1 - mu_f eta_t)).
 *
 * The rates are the paper's; the constants are derived in this package.
 *
 * @throws RangeError or TypeError when an argument is wrong, one of L, M, sigma and distance is missing,
 * a step size is above 1 / max(2 L, mu_f), where the inequality is false, or the bound overflows.
 */
export function bound(options: BoundOptions): number {
  const given = optionsOf(options, 'bound: options')
  const eta = checkStepSizes(given.stepSizes, 'bound')
  const knowledge = checkKnowledge(given, 'bound')
  checkCap(eta, knowledge.L, 'bound')
  const value = boundOf(eta, knowledge, 'bound')
  if (!(value < Infinity)) refuse('bound: options', 'such that the bound is finite', show(value))
  return value
}

/** Refuses step sizes above 1 / (2 L). */
export function checkCap(eta: Float64Array, L: number, label: string): void {
  eta.forEach((step, i) => {
    if (2 * L * step > 1 + 1e-12) refuse(`${label}: stepSizes[${i}]`, `at most 1 / (2 L) = ${1 / (2 * L)}`, show(step))
  })
}

/** {@link bound} of checked arguments. */
export function boundOf(eta: Float64Array, knowledge: CheckedKnowledge, label: string): number {
  const { muF, muH, distance, delta, tails } = knowledge
  const { a, noise, first } = muF === 0 && muH === 0 ? convexSums(eta) : stronglyConvexSums(eta, muF, muH, label)
  const price = noisePrice(knowledge)
  if (delta === undefined) return a * distance + price * noise
  if (tails === 'finiteVariance') return (a * distance + price * noise) / delta
  let steepest = 1
  for (let t = 1; t < eta.length; t++) steepest = Math.max(steepest, 1 / (1 - muF * eta[t]))
  return 2 * (1 + steepest) * (first * distance + price * noise)
}

/** The factor of sum c_t in the bound asked for (without K). */
export function noisePrice({ L, M, sigma, delta, tails, sharp }: CheckedKnowledge): number {
  if (delta === undefined || tails === 'finiteVariance') return (sharp && L === 0 ? 1 : 2) * (M * M + sigma * sigma)
  return M * M + sigma * sigma * (1 + 2 * log(2 / delta))
}

/** The sums of a bound: a, sum c_t, and 1 / sum gamma_t. */
interface Sums {
  a: number
  noise: number
  first: number
}

/** gamma_t = eta_t needs no logarithms. */
export function convexSums(eta: Float64Array): Sums {
  let [tail, noise] = [0, 0]
  for (let t = eta.length - 1; t >= 0; t--) {
    tail += eta[t]
    noise += eta[t] * (eta[t] / tail)
  }
  return { a: 1 / tail, noise, first: 1 / tail }
}

function stronglyConvexSums(eta: Float64Array, muF: number, muH: number, label: string): Sums {
  const { c, a, first } = weights(eta, muF, muH, label)
  return { a, noise: c.reduce((sum, value) => sum + value, 0), first }
}
