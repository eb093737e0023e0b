import type { Floats, Slot } from '@opt/optimizers'

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
