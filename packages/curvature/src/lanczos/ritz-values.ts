import { calling, options, type VectorLike, vector } from '@opt/core'
import { gaussRule } from '../eigen/tridiagonal-eigen.ts'

/** Answer of {@link ritzValues}; arrays have one entry for each value. */
export interface RitzValues {
  /** Eigenvalues of the tridiagonal matrix, ascending. */
  values: Float64Array
  /** The share of the start in each; they add up to 1. That of the top eigenvalue of n is about 1 / n, however large it is. */
  weights: Float64Array
  /** Some eigenvalue of the operator lies within this distance of the value; not always the outermost one. */
  residuals: Float64Array
  /** At least so much of the start's spectral measure lies below the value: the sum of the weights before it. */
  massBelow: Float64Array
  /** At most so much lies at or below the value: the sum of the weights up to it (Chebyshev, Markov and Stieltjes). */
  massUpTo: Float64Array
  /** The largest value plus the last beta: in practice, not by a theorem, an upper end of the spectrum. */
  safeMax: number
}

/**
 * Computes Ritz values, their weights and error bounds of an answer of `lanczos`, without further products.
 *
 * @param recurrence `alpha`, k entries, and `beta`, k entries of which the last belongs to the vector that would come
 * next; 0 there says that the space is invariant and the values exact.
 * @throws TypeError or RangeError when an entry is not finite, a beta negative, or the lengths differ.
 */
export function ritzValues(recurrence: { alpha: VectorLike; beta: VectorLike }): RitzValues {
  return calling('ritzValues', () => {
    const given = options(recurrence, 'recurrence')
    const alpha = vector(given.alpha, 'recurrence.alpha')
    const k = alpha.length
    const beta = vector(given.beta, 'recurrence.beta', { length: k, sign: 'nonnegative' })
    const { nodes, weights, last } = gaussRule(alpha, beta)
    const massBelow = new Float64Array(k)
    const massUpTo = new Float64Array(k)
    let sum = 0
    for (let i = 0; i < k; i++) {
      massBelow[i] = sum
      sum += weights[i]
      massUpTo[i] = sum
    }
    return {
      values: nodes,
      weights,
      residuals: last.map((component) => beta[k - 1] * Math.abs(component)),
      massBelow,
      massUpTo,
      safeMax: nodes[k - 1] + beta[k - 1],
    }
  })
}
