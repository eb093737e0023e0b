import { exp, log } from '@opt/core'

/** What a fitted classifier does with a test row, given |x - x_i|^2 / 2 to the n training rows. */
export interface Rule {
  /** Writes a score for each class. */
  scores(delta: Float64Array, out: Float64Array): void
  /** What was solved for, for a saved state; null when there was nothing to solve. */
  coefficients: Float64Array | null
}

/** Each training row votes for its class with a weight exp(logWeight(delta)), scaled so that the largest is 1. */
export function weightedVote(indices: Int32Array, logWeight: (delta: number) => number): Rule {
  const logs = new Float64Array(indices.length)
  return {
    coefficients: null,
    scores(delta, out) {
      let most = -Infinity
      for (let i = 0; i < logs.length; i++) {
        logs[i] = logWeight(delta[i])
        if (logs[i] > most) most = logs[i]
      }
      out.fill(0)
      // Equal infinities are equal weights.
      for (let i = 0; i < logs.length; i++) out[indices[i]] += logs[i] === most ? 1 : exp(logs[i] - most)
    },
  }
}

/** The nearest training rows vote; those at the same distance together. */
export function nearestVote(indices: Int32Array): Rule {
  return {
    coefficients: null,
    scores(delta, out) {
      let least = Infinity
      for (let i = 0; i < indices.length; i++) if (delta[i] < least) least = delta[i]
      out.fill(0)
      for (let i = 0; i < indices.length; i++) if (delta[i] === least) out[indices[i]]++
    },
  }
}

/** The Hilbert estimate: weights |x - x_i|^-d. */
export const hilbertVote = (indices: Int32Array, d: number): Rule =>
  weightedVote(indices, (delta) => (delta === 0 ? Infinity : (-d / 2) * log(delta)))

/**
 * The limit of a kernel that is `off` between distinct points, relative to its diagonal, plus a ridge: the majority,
 * as votes over n, except at training rows, where the limit interpolates.
 */
export function majorityLimit(indices: Int32Array, classes: number, off: number, ridge: number): Rule {
  const n = indices.length
  const counts = new Float64Array(classes)
  for (const k of indices) counts[k]++
  const own = 1 - off
  const a = own + ridge
  return {
    coefficients: null,
    scores(delta, out) {
      for (let k = 0; k < classes; k++) out[k] = counts[k] / n
      let matches = 0
      for (let i = 0; i < n; i++) if (delta[i] === 0) matches++
      if (matches === 0 || own === 0) return
      // (a I + off J)^-1 y = y / a - off sum(y) / (a (a + n off)); equal rows share their votes.
      for (let k = 0; k < classes; k++) out[k] *= (n * ridge * off) / (a * (a + n * off))
      for (let i = 0; i < n; i++) if (delta[i] === 0) out[indices[i]] += own / (a * matches)
    },
  }
}
