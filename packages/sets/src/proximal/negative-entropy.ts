import { exp, log } from '@opt/core'
import { type ProximalTerm, term, weightOf } from './term.ts'

/** Beyond, u + log u = s has the root s to working precision. */
const LARGE = 1e18

/**
 * Returns the u > 0 with u + log u = s, which is Lambert's W(exp(s)), by Newton's method: after a start below the
 * root, its iterates rise to it, the sum being concave.
 */
function rootOf(s: number): number {
  if (s > LARGE) return s
  let u = s > 1 ? s - log(s) : exp(s) / (1 + exp(s))
  if (u === 0) return 0
  for (let k = 0; k < 20; k++) {
    const next = (u * (1 + s - log(u))) / (1 + u)
    if (!(next > u * (1 + 1e-16))) break
    u = next
  }
  return u
}

/**
 * weight sum x_i log x_i on x >= 0, with 0 log 0 = 0. Its proximal point has x_i + step weight (1 + log x_i) = v_i.
 *
 * @throws RangeError when the weight is negative.
 */
export function negativeEntropy(weight = 1): ProximalTerm {
  weightOf(weight, 'negativeEntropy')
  return term('negativeEntropy', {
    value(x) {
      let sum = 0
      for (let i = 0; i < x.length; i++) {
        if (x[i] < 0) return Infinity
        if (x[i] > 0) sum += weight * x[i] * log(x[i])
      }
      return sum
    },
    proxInPlace(x, step) {
      const scale = step * weight
      for (let i = 0; i < x.length; i++) {
        if (scale === 0) x[i] = Math.max(x[i], 0)
        else {
          const s = x[i] / scale - 1 - log(scale)
          x[i] = s > LARGE ? x[i] : scale * rootOf(s)
        }
      }
    },
  })
}
