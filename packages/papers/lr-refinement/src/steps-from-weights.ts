import { type VectorLike, vector } from '@opt/core'

/**
 * Returns the learning rates with which plain SGD is the last-iterate method of given weights:
 * eta_t = w_t w_{t+1:T} / w_{1:T}, where w_{a:b} is the sum of w_a, ..., w_b. The last one is 0.
 *
 * @param weights T positive numbers; not changed. Equal weights give linear decay.
 * @throws TypeError or RangeError when a weight is not positive.
 */
export function stepsFromWeights(weights: VectorLike): Float64Array {
  const w = vector(weights, 'stepsFromWeights: weights', { sign: 'positive' })
  const steps = new Float64Array(w.length)
  let largest = 0
  for (let t = 0; t < w.length; t++) largest = Math.max(largest, w[t])
  // Sums are of w / max w, which cannot overflow.
  let tail = 0
  for (let t = w.length - 1; t >= 0; t--) {
    steps[t] = tail
    tail += w[t] / largest
  }
  for (let t = 0; t < w.length; t++) steps[t] = w[t] * (steps[t] / tail)
  return steps
}
