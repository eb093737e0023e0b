import type { OptimizedSchedule } from './optimize-schedule.ts'
import { checkRun, finite, type Run } from './weights.ts'

/**
 * Returns the learning rates with the least {@link lastIterateBound} of all, for given gradient norms, exactly and in
 * O(T). Of a part s_k = eta_k + ... + eta_T the share r_k = eta_k / s_{k+1} can be chosen last step first: with
 * a_T = |g_T| and q_k = a_{k+1} / |g_k|,
 *
 *     r_k = sqrt(1 + q_k^2) - 1,   a_k = a_{k+1} sqrt(2 / (1 + sqrt(1 + q_k^2))),   s_1 = D / a_1,
 *
 * and the least bound is D a_1. For constant norms it is close to linear decay, and about 2 D G / sqrt T. The recursion is
 * derived here, not in the paper; {@link optimizeSchedule} finds the same minimum without it.
 *
 * @throws TypeError or RangeError when an argument is wrong, a norm is 0 or the answer exceeds float64.
 */
export function optimalSchedule(run: Run): OptimizedSchedule {
  const { norms, distance } = checkRun(run, 'optimalSchedule')
  const last = norms.length - 1
  const steps = new Float64Array(norms.length)
  let a = norms[last]
  for (let k = last - 1; k >= 0; k--) {
    const q = a / norms[k]
    const root = q < 1e150 ? Math.sqrt(1 + q * q) : q
    steps[k] = q * (q / (1 + root))
    a *= Math.sqrt(2 / (1 + root))
  }
  let s = finite(distance / a, 'optimalSchedule: distance')
  for (let k = 0; k < last; k++) {
    s /= 1 + steps[k]
    steps[k] *= s
  }
  steps[last] = s
  return { steps, bound: finite(distance * a, 'optimalSchedule: distance') }
}
