import { exp, log, log1p, number, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'

/** Options of {@link coefficients}. */
export interface CoefficientsOptions {
  /** eta_1 .. eta_T, positive. */
  stepSizes: VectorLike
  /** f is mu_f-strongly convex relative to the map. Default 0. */
  muF?: number | undefined
  /** The term h is mu_h-strongly convex relative to the map. Default 0. */
  muH?: number | undefined
}

/** The weights of the analysis, each of T entries; index t - 1 has those of step t. */
export interface Coefficients {
  /** The logarithms of gamma_t = eta_t prod_{s=2..t} (1 + mu_h eta_{s-1}) / (1 - mu_f eta_s). */
  logGamma: Float64Array
  /** v_t = gamma_T / sum_{s=t..T} gamma_s, ascending to 1. */
  v: Float64Array
  /** c_t = gamma_t eta_t / sum_{s=t..T} gamma_s: the weight of the noise of step t. */
  c: Float64Array
  /** (1 - mu_f eta_1) / sum gamma_t: the weight of the distance D(x*, x^1). */
  a: number
}

/** How far mu_f eta_1 = 1 may be exceeded by rounding. */
const ROUNDING = 1e-14

/**
 * Returns the weights of the bounds and of the certificate, computed in logarithms: gamma_T overflows
 * for strongly convex problems.
 *
 * @throws RangeError or TypeError when a step size is not positive, mu_f eta_1 > 1, or mu_f eta_t >= 1
 * for another t.
 */
export function coefficients(options: CoefficientsOptions): Coefficients {
  const { stepSizes, muF = 0, muH = 0 } = optionsOf(options, 'coefficients: options')
  const eta = checkStepSizes(stepSizes, 'coefficients')
  number(muF, 'coefficients: muF', { nonnegative: true })
  number(muH, 'coefficients: muH', { nonnegative: true })
  const { logGamma, v, c, a } = weights(eta, muF, muH, 'coefficients')
  if (!(a < Infinity)) refuse('coefficients: stepSizes', 'such that the coefficients are finite', 'smaller ones')
  return { logGamma, v, c, a }
}

/** Returns checked step sizes. */
export const checkStepSizes = (stepSizes: VectorLike, label: string): Float64Array =>
  vector(stepSizes, `${label}: stepSizes`, { sign: 'positive' })

/** {@link coefficients} of checked arguments, and 1 / sum gamma_t. */
export function weights(eta: Float64Array, muF: number, muH: number, label: string): Coefficients & { first: number } {
  const T = eta.length
  eta.forEach((step, i) => {
    if (muF * step > 1 + ROUNDING || (i > 0 && muF * step >= 1))
      refuse(`${label}: stepSizes[${i}]`, `${i > 0 ? 'less than' : 'at most'} 1 / muF = ${1 / muF}`, show(step))
  })
  const logGamma = new Float64Array(T)
  let growth = 0
  for (let t = 0; t < T; t++) {
    if (t > 0) growth += log1p(muH * eta[t - 1]) - log1p(-muF * eta[t])
    logGamma[t] = log(eta[t]) + growth
  }
  const [v, c] = [new Float64Array(T), new Float64Array(T)]
  // The sum of gamma_s from s = t on, as exp(top) tail.
  let top = -Infinity
  let tail = 0
  for (let t = T - 1; t >= 0; t--) {
    if (logGamma[t] > top) {
      tail = tail * exp(top - logGamma[t]) + 1
      top = logGamma[t]
    } else tail += exp(logGamma[t] - top)
    v[t] = exp(logGamma[T - 1] - top) / tail
    c[t] = (eta[t] * exp(logGamma[t] - top)) / tail
  }
  const first = exp(-top) / tail
  return { logGamma, v, c, a: Math.max(1 - muF * eta[0], 0) * first, first }
}
