import { exp, log, number } from '@opt/core'
import { type ConvexFunction, one, SLACK } from './convex-function.ts'

const { abs, max } = Math

/**
 * K = e log sum exp(x_i / e): steps by a softmax. Constrains to the simplex x >= 0, sum of x = 1 /
 * lambda, and adds an entropy to f. Not even, so the sign of m matters.
 *
 * @param e > 0
 */
export function logsumexp(e: number): ConvexFunction {
  number(e, 'logsumexp: e', { positive: true })
  const largest = (x: Float64Array) => {
    let most = x[0]
    for (let i = 1; i < x.length; i++) most = max(most, x[i])
    return most
  }
  const violation = (y: Float64Array) => {
    let sum = 0
    let below = 0
    for (let i = 0; i < y.length; i++) {
      sum += y[i]
      below = max(below, -y[i])
    }
    return max(abs(sum - 1), below)
  }
  return {
    name: 'logsumexp',
    violation,
    bound: one,
    value(x) {
      const most = largest(x)
      let sum = 0
      for (let i = 0; i < x.length; i++) sum += exp((x[i] - most) / e)
      return most + e * log(sum)
    },
    subgradient(x, out) {
      const most = largest(x)
      let sum = 0
      for (let i = 0; i < x.length; i++) sum += out[i] = exp((x[i] - most) / e)
      for (let i = 0; i < x.length; i++) out[i] /= sum
    },
    conjugate(y) {
      if (!(violation(y) <= SLACK)) return Infinity
      let sum = 0
      for (let i = 0; i < y.length; i++) if (y[i] > 0) sum += y[i] * log(y[i])
      return e * sum
    },
    conjugateSubgradient(y, out) {
      for (let i = 0; i < y.length; i++) out[i] = e * (1 + log(max(0, y[i])))
    },
  }
}
