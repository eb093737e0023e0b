import type { Bounds, Floats, Slot } from '@opt/optimizers'

/**
 * How many rows of a tensor are taken for scale-invariant vectors, by their gradients' being nearly at right angles to them:
 * one a channel (the first dimension), else one for the whole layer, else 0. Vectors of parameters (biases, scales) never are.
 *
 * @param delta a row of n entries counts as scale-invariant below a cosine of delta / sqrt(n).
 */
export function scaleInvariantRows<A extends Floats>(slot: Slot<A>, delta: number, epsilon: number): number {
  const { shape, length, parameter, gradient, kernels } = slot
  if (shape.length < 2) return 0
  const channels = shape[0]
  const n = length / channels
  if (kernels.largestCosine(channels, n, parameter, gradient, epsilon) < delta / Math.sqrt(n)) return channels
  if (kernels.largestCosine(1, length, parameter, gradient, epsilon) < delta / Math.sqrt(length)) return 1
  return 0
}

/**
 * Adds to the bounds what the sums of rows and the projection of a step amount to.
 *
 * @param direction bounds u.
 */
export function boundRows(bounds: Bounds, rate: number, direction: number, epsilon: number): void {
  const { gradient, length } = bounds
  // |x'u| / (|x| + epsilon)^2 is at most |u| / (4 epsilon), and as much of x at most |u|.
  const whole = Math.sqrt(length) * direction
  bounds.parameter += rate * whole
  const longest = Math.max(bounds.parameter, gradient)
  bounds.largest = Math.max(bounds.largest, length * longest * longest, length * longest * direction, whole / epsilon)
  bounds.largest = Math.max(bounds.largest, 1 / (epsilon * epsilon))
}
