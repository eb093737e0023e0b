import { exp, log, log1p } from '@opt/core'

/**
 * Writes probabilities, residuals p - y and p (1 - p) of n rows of K logits. K = 1 is logistic, K >= 2 softmax.
 *
 * @returns the sum of the rows' losses.
 */
export function predictRows(
  n: number,
  K: number,
  { logits, targets, p, r, w }: Record<'logits' | 'targets' | 'p' | 'r' | 'w', Float64Array>,
): number {
  let sum = 0
  if (K === 1) {
    for (let i = 0; i < n; i++) {
      const u = logits[i]
      const y = targets[i]
      const e = exp(-Math.abs(u))
      const larger = 1 / (1 + e)
      const smaller = e * larger
      p[i] = u > 0 ? larger : smaller
      w[i] = larger * smaller
      r[i] = u > 0 ? 1 - y - smaller : smaller - y
      sum += log1p(e) + (u > 0 ? (1 - y) * u : -y * u)
    }
    return sum
  }
  for (let i = 0, row = 0; i < n; i++, row += K) {
    let top = logits[row]
    for (let k = 1; k < K; k++) top = Math.max(top, logits[row + k])
    let total = 0
    for (let k = 0; k < K; k++) total += p[row + k] = exp(logits[row + k] - top)
    const logTotal = log(total)
    for (let k = 0; k < K; k++) {
      const y = targets[row + k]
      const probability = p[row + k] / total
      p[row + k] = probability
      r[row + k] = probability - y
      w[row + k] = probability * (1 - probability)
      if (y > 0) sum += y * (logTotal - (logits[row + k] - top))
    }
  }
  return sum
}

/** Writes the softmax of n rows of K logits. */
export function softmaxRows(logits: Float64Array, K: number, p: Float64Array): void {
  for (let row = 0; row < logits.length; row += K) {
    let top = logits[row]
    for (let k = 1; k < K; k++) top = Math.max(top, logits[row + k])
    let total = 0
    for (let k = row; k < row + K; k++) total += p[k] = exp(logits[k] - top)
    for (let k = row; k < row + K; k++) p[k] /= total
  }
}

/** Writes S v for each row: p (v - p.v), for K = 1 p (1 - p) v. `out` may be `v`. */
export function applyS(
  n: number,
  K: number,
  p: Float64Array,
  w: Float64Array,
  v: Float64Array,
  out: Float64Array,
): void {
  if (K === 1) {
    for (let i = 0; i < n; i++) out[i] = w[i] * v[i]
    return
  }
  for (let i = 0, row = 0; i < n; i++, row += K) {
    let mean = 0
    for (let k = row; k < row + K; k++) mean += p[k] * v[k]
    for (let k = row; k < row + K; k++) out[k] = p[k] * (v[k] - mean)
  }
}

/** Adds scale T(a, b) = S(a b) - (p.b) S a - (p.a) S b to `out`: the derivative of b'S a in the logits. */
export function addThird(
  n: number,
  K: number,
  { p, w }: Record<'p' | 'w', Float64Array>,
  a: Float64Array,
  b: Float64Array,
  scale: number,
  out: Float64Array,
): void {
  if (K === 1) {
    for (let i = 0; i < n; i++) out[i] += scale * w[i] * (1 - 2 * p[i]) * a[i] * b[i]
    return
  }
  for (let i = 0, row = 0; i < n; i++, row += K) {
    let [meanA, meanB, meanAB] = [0, 0, 0]
    for (let k = row; k < row + K; k++) {
      const pa = p[k] * a[k]
      meanA += pa
      meanB += p[k] * b[k]
      meanAB += pa * b[k]
    }
    for (let k = row; k < row + K; k++)
      out[k] += scale * p[k] * (a[k] * b[k] - meanAB - meanB * (a[k] - meanA) - meanA * (b[k] - meanB))
  }
}

/** The class of each row of logits: the largest, or with one logit whether it is positive. */
export function predictedClasses(logits: ArrayLike<number>, K: number): Int32Array {
  return Int32Array.from({ length: logits.length / K }, (_, i) => {
    if (K === 1) return logits[i] > 0 ? 1 : 0
    let best = 0
    for (let k = 1; k < K; k++) if (logits[i * K + k] > logits[i * K + best]) best = k
    return best
  })
}
