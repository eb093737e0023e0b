import { number, options as optionsOf, pow, refuse, type VectorLike, vector } from '@opt/core'

/** Weights of the steps and the bound that they give. */
export interface BoundedWeights {
  /** w_1, ..., w_T. */
  weights: Float64Array
  /** f(x_T) - f(u) is at most this, for every u at the distance. */
  bound: number
}

/** What {@link optimalWeights}, {@link constantWeights} and {@link optimalSchedule} depend on. */
export interface Run {
  /** |g_1|, ..., |g_T|: the l2 norms of the gradients that the run meets, all positive. */
  norms: VectorLike
  /** D: the distance from the first point to the minimiser, or to any other point of comparison. */
  distance: number
}

/**
 * Returns the weights that minimise {@link regretBound} for given gradient norms,
 * w_t = lambda |g_t|^-2 with lambda = D / sqrt(sum_s |g_s|^-2), and their bound D / sqrt(sum_s |g_s|^-2).
 *
 * @throws TypeError or RangeError when an argument is wrong, a norm is 0, or the squares of the norms lie too far apart
 *   for float64.
 */
export function optimalWeights(run: Run): BoundedWeights {
  const { norms, distance } = checkRun(run, 'optimalWeights')
  const weights = inversePowers(norms, 2, 'optimalWeights: norms')
  let [total, least] = [0, Infinity]
  for (let t = 0; t < norms.length; t++) {
    total += weights[t]
    least = Math.min(least, norms[t])
  }
  const root = Math.sqrt(total)
  const lambda = finite(distance / least / root, 'optimalWeights: distance')
  for (let t = 0; t < norms.length; t++) weights[t] *= lambda
  return { weights, bound: finite(distance * (least / root), 'optimalWeights: distance') }
}

/**
 * Returns the constant weights that minimise {@link regretBound} for given gradient norms, w_t = D / sqrt(sum_s |g_s|^2),
 * and their bound D sqrt(sum_s |g_s|^2) / T. Their steps are {@link linearDecay}.
 *
 * @throws TypeError or RangeError when an argument is wrong or a norm is 0.
 */
export function constantWeights(run: Run): BoundedWeights {
  const { norms, distance } = checkRun(run, 'constantWeights')
  const T = norms.length
  let [largest, squares] = [0, 0]
  for (let t = 0; t < T; t++) largest = Math.max(largest, norms[t])
  for (let t = 0; t < T; t++) squares += (norms[t] / largest) * (norms[t] / largest)
  const root = Math.sqrt(squares)
  const weight = finite(distance / largest / root, 'constantWeights: distance')
  return {
    weights: new Float64Array(T).fill(weight),
    bound: finite(distance * (largest * (root / T)), 'constantWeights: distance'),
  }
}

/**
 * Returns (min_s x_s / x_t)^power for each t: x^-power up to a factor, so that no unit over- or underflows.
 *
 * @throws RangeError for an entry of 0, and when the powers lie too far apart for float64.
 */
export function inversePowers(x: Float64Array, power: number, label: string): Float64Array {
  let [least, largest] = [Infinity, 0]
  for (let t = 0; t < x.length; t++) {
    if (x[t] === 0) refuse(`${label}[${t}]`, 'positive (where gradients vanish, use linear decay or a floor)', '0')
    least = Math.min(least, x[t])
    largest = Math.max(largest, x[t])
  }
  // So products of two powers stay in range.
  if (!(pow(least / largest, power) >= 1e-150))
    refuse(
      label,
      `within a factor of ${pow(1e150, 1 / power).toExponential(0)} of each other`,
      `${least} to ${largest}`,
    )
  return x.map(
    power === 2 ? (v) => (least / v) * (least / v) : power === 1 ? (v) => least / v : (v) => pow(least / v, power),
  )
}

/** Checks the properties of a run. */
export function checkRun(run: Run, name: string): { norms: Float64Array; distance: number } {
  const { norms, distance } = optionsOf(run, `${name}: run`)
  return {
    norms: vector(norms, `${name}: norms`, { sign: 'positive' }),
    distance: number(distance, `${name}: distance`, { positive: true }),
  }
}

/** Refuses an argument whose answer float64 cannot hold. */
export function finite(answer: number, label: string): number {
  if (!(answer < Infinity)) refuse(label, 'of a size whose answer float64 can hold', `an answer of ${answer}`)
  return answer
}
