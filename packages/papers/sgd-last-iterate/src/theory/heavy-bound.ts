import { number, options as optionsOf, pow, refuse, show, type VectorLike } from '@opt/core'
import { heavyExponent } from '../geometry/maps.ts'
import { checkDelta } from './bound.ts'
import { checkStepSizes } from './coefficients.ts'

/** What one knows of a convex problem whose noise has no variance. */
export interface HeavyKnowledge {
  /** E |xi|^p <= sigma^p in the dual norm of the map, 1.01 <= p < 2. */
  p: number
  /** Smoothness, as in {@link Knowledge}. Default 0. */
  L?: number | undefined
  /** 2 G for a G-Lipschitz f, in the dual norm. */
  M: number
  sigma: number
  /** D(x*, x^1) or more, with the divergence of power(p) or radialPower(p). */
  distance: number
  /** The bound then holds with probability 1 - delta, by Markov's inequality. */
  delta?: number | undefined
}

/** Options of {@link heavyBound}. */
export interface HeavyBoundOptions extends HeavyKnowledge {
  /** eta_1 .. eta_T. */
  stepSizes: VectorLike
}

/** {@link HeavyKnowledge}, checked, with the defaults. */
export interface CheckedHeavyKnowledge {
  p: number
  L: number
  M: number
  sigma: number
  distance: number
  delta: number | undefined
}

/** Checks what one knows. */
export function checkHeavyKnowledge(given: HeavyKnowledge, label: string): CheckedHeavyKnowledge {
  const { p, L = 0, M, sigma, distance, delta } = given
  heavyExponent(p, `${label}: p`)
  for (const [key, value] of Object.entries({ L, M, sigma, distance }))
    number(value, `${label}: ${key}`, { nonnegative: true })
  if (delta !== undefined) checkDelta(delta, `${label}: delta`)
  return { p, L, M, sigma, distance, delta }
}

/**
 * Returns a number that F(x^{T+1}) - F(x*) does not exceed in expectation, for a mirror map that is
 * uniformly convex of order q = p / (p - 1) and noise with a moment of order p:
 *
 *     D / sum eta_t + (2^(p-1)/p) (M^p + sigma^p) sum_t eta_t^p / sum_{s >= t} eta_s     (L = 0)
 *
 * With L > 0 the term of step t is eta_t / sum_{s >= t} eta_s times (4^(p-1)/p) eta_t^(p-1) (M^p +
 * sigma^p) + L (1/2 - 1/q) (2 eta_t L)^(2/(q-2)). The idea is the paper's, the constants are this
 * package's.
 *
 * @throws RangeError or TypeError when an argument is wrong, or the bound overflows.
 */
export function heavyBound(options: HeavyBoundOptions): number {
  const given = optionsOf(options, 'heavyBound: options')
  const eta = checkStepSizes(given.stepSizes, 'heavyBound')
  const value = heavyBoundOf(eta, checkHeavyKnowledge(given, 'heavyBound'))
  if (!(value < Infinity)) refuse('heavyBound: options', 'such that the bound is finite', show(value))
  return value
}

/** {@link heavyBound} of checked arguments. */
export function heavyBoundOf(eta: Float64Array, { p, L, M, sigma, distance, delta }: CheckedHeavyKnowledge): number {
  const cost = heavyStepCost(p, L)
  const moments = pow(M, p) + pow(sigma, p)
  let [tail, noise] = [0, 0]
  for (let t = eta.length - 1; t >= 0; t--) {
    tail += eta[t]
    noise += (eta[t] / tail) * cost(eta[t], moments)
  }
  return (distance / tail + noise) / (delta ?? 1)
}

/** Returns the cost of a step of size eta, given M^p + |xi|^p or its expectation. */
export function heavyStepCost(p: number, L: number): (eta: number, moments: number) => number {
  const q = p / (p - 1)
  const factor = pow(L > 0 ? 4 : 2, p - 1) / p
  return (eta, moments) => {
    const noise = factor * pow(eta, p - 1) * moments
    return L > 0 ? noise + L * (0.5 - 1 / q) * pow(2 * eta * L, 2 / (q - 2)) : noise
  }
}
