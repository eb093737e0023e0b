import { exp, expm1, log } from '@opt/core'
import { inNoise, logDensities, type Mixture, type Points } from './mixture.ts'

/** Distances of two distributions of a noisy layer, estimated at points drawn at random. */
export interface Distances {
  /** Estimate of the Kullback-Leibler divergence KL(a || b) in nats; Infinity beyond the largest double. */
  kl: number
  /** Standard error of `kl`. */
  standardError: number
  /**
   * Estimate of the total variation, between 0 and 1. The true one bounds how much the means of a [0,1] loss of the layer
   * differ; `bound` is above it with the confidence asked for.
   */
  totalVariation: number
  /** Standard error of `totalVariation`. */
  totalVariationError: number
}

/** Monte Carlo means over points drawn from a: KL = E v and TV = E max(0, 1 - e^-v), v = log(density a / density b). */
export function distances(a: Mixture, b: Mixture, { rows, labels }: Points, noise: number): Distances {
  const [v, other] = logDensities([a, b], { rows: inNoise(rows, noise), labels })
  for (let k = 0; k < v.length; k++) v[k] -= other[k]
  const [kl, standardError] = meanAndError(v)
  // exp is quicker than expm1 and, for a mean of numbers between 0 and 1, as good.
  for (let k = 0; k < v.length; k++) v[k] = v[k] > 0 ? (v[k] > 1 ? 1 - exp(-v[k]) : -expm1(-v[k])) : 0
  const [totalVariation, totalVariationError] = meanAndError(v)
  return { kl: Math.max(0, kl), standardError, totalVariation: Math.min(1, totalVariation), totalVariationError }
}

/** The mean, and its standard error: the deviation over the root of the number. */
function meanAndError(values: Float64Array): [mean: number, error: number] {
  const n = values.length
  let mean = 0
  for (const value of values) mean += value / n
  if (!(mean < Infinity)) return [mean, Infinity]
  let squares = 0
  for (const value of values) squares += ((value - mean) * (value - mean)) / n
  return [mean, Math.sqrt(squares / n)]
}

/**
 * Bounds the total variation by the divergence: min(sqrt(kl / 2), sqrt(1 - e^-kl)) (Pinsker; Bretagnolle and Huber).
 */
export const totalVariationOfKl = (kl: number): number => Math.min(Math.sqrt(kl / 2), Math.sqrt(-expm1(-kl)))

/**
 * A function of independent draws that each change it by at most c_i is below its expectation by less than this, with
 * probability 1 - delta; `squares` = sum c_i^2, which is 1/n for a mean of n numbers between 0 and 1 (McDiarmid).
 */
export const deviation = (squares: number, delta: number): number => Math.sqrt((-log(delta) * squares) / 2)
