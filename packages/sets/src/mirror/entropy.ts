import { exp, log, number } from '@opt/core'
import { type MirrorMap, mirrorMap } from './mirror-map.ts'

/** sum x_i log x_i - x_i. */
function entropy(x: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) if (x[i] > 0) sum += x[i] * log(x[i]) - x[i]
  return sum
}

/** The Kullback-Leibler divergence sum x_i log(x_i / y_i) - x_i + y_i. */
function kullbackLeibler(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) {
    if (x[i] === 0) sum += y[i]
    else if (y[i] === 0) return Infinity
    // No term is negative, except by rounding.
    else sum += Math.max(x[i] * (log(x[i]) - log(y[i])) - x[i] + y[i], 0)
  }
  return sum
}

function logarithms(x: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] = log(x[i])
}

/**
 * The negative entropy on the nonnegative orthant, phi(x) = sum x_i log x_i - x_i: gradient log
 * x_i, inverse exp y_i, divergence of Kullback and Leibler, sum x_i log(x_i / y_i) - x_i + y_i.
 */
export const entropyMap = (): MirrorMap =>
  mirrorMap('entropyMap', {
    sign: 'nonnegative',
    value: entropy,
    gradientInPlace: logarithms,
    inverseGradientInPlace(y) {
      for (let i = 0; i < y.length; i++) y[i] = exp(y[i])
    },
    divergence: kullbackLeibler,
  })

/**
 * The negative entropy on the simplex x >= 0, sum x = total: {@link entropyMap} with the inverse
 * restricted to the simplex, total exp y_i / sum exp y_j (a softmax). Dual vectors that differ by a
 * constant are the same, and the sum of points is not checked; a mirror step is the multiplicative
 * update of exponentiated gradients.
 *
 * @throws RangeError when the total is not positive.
 */
export function simplexEntropyMap(total = 1): MirrorMap {
  number(total, 'simplexEntropyMap: total', { positive: true })
  return mirrorMap('simplexEntropyMap', {
    sign: 'nonnegative',
    value: entropy,
    gradientInPlace: logarithms,
    inverseGradientInPlace(y) {
      const top = y.reduce((most, v) => Math.max(most, v))
      let sum = 0
      for (let i = 0; i < y.length; i++) sum += y[i] = exp(y[i] - top)
      for (let i = 0; i < y.length; i++) y[i] *= total / sum
    },
    divergence: kullbackLeibler,
  })
}
