import { allocate, calling, exponentialKernels, log, log1p, refuse, show, type VectorLike, vector } from '@opt/core'

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
    if (r === Infinity) {
      const value = top + l.reduce((sum, loss) => sum + (loss / n - top / n), 0)
      return { weights: new Float64Array(n).fill(1 / n), value, divergence: 0 }
    }
    const { weights, total } = exponentials(l, top, r)
    const scale = 1 / total
    let growth = 0
    for (let i = 0; i < n; i++) {
      weights[i] *= scale
      // Where (l_i - top) / r overflows the weight is 0, which is right.
      if (weights[i] > 0) growth += weights[i] * (l[i] - top)
    }
    const { mean, rest } = logMean(l, top, bottom, r, total)
    // sum w log(n w) = sum w (l - top) / r - log mean exp((l - top) / r).
    return { weights, value: top + (mean + r * rest), divergence: Math.max(0, (growth - mean) / r - rest) }
  })
}

/** The kernel takes so many losses at a time, which stay in the cache. */
const PART = 1024

/** exp((l_i - top) / r), and their sum: that of parts of 1024, each as `vexp` adds. */
function exponentials(l: Float64Array, top: number, r: number): { weights: Float64Array; total: number } {
  const n = l.length
  const weights = new Float64Array(n)
  const { part, kernels } = allocate([exponentialKernels], (views) => ({ part: views.f64(Math.min(n, PART)) }))
  let total = 0
  for (let start = 0; start < n; start += PART) {
    const size = Math.min(PART, n - start)
    for (let i = 0; i < size; i++) part[i] = (l[start + i] - top) / r
    total += kernels.vexp(size, part, part)
    weights.set(size < PART ? part.subarray(0, size) : part, start)
  }
  return { weights, total }
}

/** Returns log mean exp((l - top) / r) as mean / r + rest, so that rounding leaves r times it accurate for large r too. */
function logMean(l: Float64Array, top: number, bottom: number, r: number, total: number) {
  const n = l.length
  if (r < 4 * (top - bottom)) return { mean: 0, rest: log(total / n) }
  const share = 1 / n
  let mean = 0
  for (let i = 0; i < n; i++) mean += (l[i] - top) * share
  // e^u - 1 - u for |u| <= 1/4, where the sum of all u is 0.
  let sum = 0
  for (let i = 0; i < n; i++) {
    const u = (l[i] - top - mean) / r
    const high = 1 + u * (1 / 8) * (1 + u * (1 / 9) * (1 + u * (1 / 10) * (1 + u * (1 / 11) * (1 + u * (1 / 12)))))
    const low = 1 + u * (1 / 3) * (1 + u * (1 / 4) * (1 + u * (1 / 5) * (1 + u * (1 / 6) * (1 + u * (1 / 7) * high))))
    sum += u * u * low
  }
  return { mean, rest: log1p(0.5 * share * sum) }
}
