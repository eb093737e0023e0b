import { exp, log, number } from '@opt/core'
import { type Kernel, one, SLACK } from '../kernel.ts'

const { abs, max } = Math

/**
 * K = e log sum exp(x_i / e): the step is a softmax. The set: x >= 0, sum of x = 1 / lambda, and an entropy is added to f.
 * Not even: mind the sign of m.
 */
export function logsumexp(e: number): Kernel {
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
