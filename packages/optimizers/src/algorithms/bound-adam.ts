import type { Bounds } from '../slots/bounds.ts'

/** The hyper-parameters that bound a step of an optimizer like Adam. */
export interface AdamLike {
  learningRate: number
  beta1: number
  beta2: number
  epsilon: number
  weightDecay: number
  l2?: number | undefined
}

/** The squares of smaller numbers underflow in float32. */
const TINY = 1e-17

/**
 * Bounds a step along m / (sqrt(v) + epsilon) with Adam's bias corrections, for `Rules.bound`; m and v
 * are averages of d and d^2, d = l2 x + g.
 *
 * By Cauchy-Schwarz |m| <= (1 - beta1) / sqrt((1 - beta2) (1 - beta1^2 / beta2)) sqrt(v), if the
 * averages began at zero.
 *
 * @param related whether v averages the squares of the same d as m.
 * @returns a bound on that quotient.
 */
export function boundAdam(hyper: AdamLike, bounds: Bounds, related = true): number {
  const { learningRate, beta1, beta2, epsilon, weightDecay, l2 = 0 } = hyper
  const d = l2 * bounds.parameter + bounds.gradient
  const state = Math.max(bounds.state, d)
  const rate = learningRate / (1 - beta1)
  let direction = state / epsilon
  if (related && beta1 * beta1 < beta2) {
    const ratio = bounds.ratio + (1 - beta1) / Math.sqrt((1 - beta2) * (1 - (beta1 * beta1) / beta2))
    direction = Math.min(direction, 2 * ratio + TINY / epsilon)
  }
  bounds.state = state
  bounds.parameter = bounds.parameter * Math.max(1, Math.abs(1 - learningRate * weightDecay)) + rate * direction
  const coefficients = Math.max(1 / epsilon, rate, learningRate * weightDecay, l2)
  bounds.largest = Math.max((state * state) / (1 - beta2), rate * state, direction, coefficients)
  return direction
}
