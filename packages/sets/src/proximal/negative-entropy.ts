import { exp, log } from '@opt/core'
import { type ProximalTerm, term, weightOf } from './term.ts'

/**
 * To working precision, u + log u = s has the root s above this, and exp(s) below {@link SMALL}.
 */
const LARGE = 1e20
const SMALL = -40

/**
 * Returns the u > 0 with u + log u = s, which is Lambert's W(exp(s)), by Newton's method: after a
 * start below the root, its iterates rise to it, the sum being concave.
 */
function rootOf(s: number): number {
  let u = s > 1 ? s - log(s) : exp(s) / (1 + exp(s))
  for (let k = 0; k < 20; k++) {
    const next = (u * (1 + s - log(u))) / (1 + u)
    if (!(next > u)) break
    u = next
  }
  return u
}

/**
 * Returns the x >= 0 with x + scale (1 + log x) = v, which is scale times the root for x / scale.
 */
function proximalEntry(v: number, scale: number): number {
  if (scale === 0) return Math.max(v, 0)
  const s = v / scale - 1 - log(scale)
  if (s > LARGE) return v
  return s < SMALL ? exp(v / scale - 1) : scale * rootOf(s)
}

/** {@link negativeEntropy} with its weight. */
export interface NegativeEntropy extends ProximalTerm {
  readonly kind: 'negativeEntropy'
  readonly weight: number
}

/**
 * weight sum x_i log x_i on x >= 0, with 0 log 0 = 0. Its proximal point has x_i + step weight (1 +
 * log x_i) = v_i.
 *
 * @throws RangeError when the weight is negative.
 */
export function negativeEntropy(weight = 1): NegativeEntropy {
  weightOf(weight, 'negativeEntropy')
  const entropy = term('negativeEntropy', {
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
      for (let i = 0; i < x.length; i++) x[i] = proximalEntry(x[i], scale)
    },
  })
  return { ...entropy, kind: 'negativeEntropy', weight }
}
