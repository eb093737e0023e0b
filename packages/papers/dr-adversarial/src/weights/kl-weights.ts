import { calling, exp, expm1, log, log1p, refuse, show, type VectorLike, vector } from '@opt/core'

/** The answer of {@link klWeights}. */
export interface KlWeights {
  /** w_i = exp(l_i / r) / sum_j exp(l_j / r): they sum to 1. */
  weights: Float64Array
  /** max_w sum_i w_i l_i - r sum_i w_i log(n w_i) = r log((1/n) sum_i exp(l_i / r)). */
  value: number
  /** sum_i w_i log(n w_i), the divergence from uniform weights: value = sum_i w_i l_i - r divergence. */
  divergence: number
}

/** Checks a temperature r; Infinity stands for uniform weights. */
export function checkTemperature(r: unknown, label: string): number {
  if (typeof r !== 'number') refuse(label, 'a positive number or Infinity', show(r), 'type')
  if (!(r > 0)) refuse(label, 'a positive number or Infinity', show(r))
  return r
}

/**
 * Returns the weights of the worst case over the simplex, penalized by r times the divergence from uniform weights: the
 * solution of the inner maximum of the paper's problem, in closed form. Small r follows the largest losses, large r
 * weighs alike.
 *
 * @param losses n finite numbers of any size.
 * @param r the temperature, in the unit of the losses; Infinity: uniform weights and the mean.
 * @throws TypeError or RangeError for losses that are not finite, or r not above 0.
 */
export function klWeights(losses: VectorLike, r: number): KlWeights {
  return calling('klWeights', () => {
    const l = vector(losses, 'losses')
    const n = l.length
    if (n === 0) refuse('losses', 'nonempty', 'length 0')
    checkTemperature(r, 'r')
    let [top, bottom] = [-Infinity, Infinity]
    for (let i = 0; i < n; i++) {
      if (l[i] > top) top = l[i]
      if (l[i] < bottom) bottom = l[i]
    }
    const weights = new Float64Array(n)
    if (r === Infinity) {
      const value = top + l.reduce((sum, loss) => sum + (loss / n - top / n), 0)
      return { weights: weights.fill(1 / n), value, divergence: 0 }
    }
    let total = 0
    for (let i = 0; i < n; i++) total += weights[i] = l[i] === top ? 1 : exp((l[i] - top) / r)
    // Where (l_i - top) / r overflows the weight is 0, which is right.
    const scale = 1 / total
    let growth = 0
    for (let i = 0; i < n; i++) {
      weights[i] *= scale
      if (weights[i] > 0) growth += weights[i] * (l[i] - top)
    }
    const value = top + logMean(l, top, bottom, r, total)
    // sum w log(n w) = sum w (l - top) / r - log(total / n).
    return { weights, value, divergence: Math.max(0, growth / r - log(total / n)) }
  })
}

/** r log((1/n) sum_i exp((l_i - top) / r)), accurate for large r too, where all exponentials are near 1. */
function logMean(l: Float64Array, top: number, bottom: number, r: number, total: number): number {
  const n = l.length
  const least = bottom - top
  if (!(least > -r)) return r * log(total / n)
  let sum = 0
  if (r > -1e9 * least) {
    // exp(t) - 1 is t to 1e-9 of it, and the next term of the mean is its variance / 2r.
    let mean = 0
    for (let i = 0; i < n; i++) mean += (l[i] - top) / n
    for (let i = 0; i < n; i++) sum += ((l[i] - top - mean) / n) * ((l[i] - top - mean) / r)
    return mean + sum / 2
  }
  for (let i = 0; i < n; i++) sum += expm1((l[i] - top) / r)
  return r * log1p(sum / n)
}
