import { pow } from '@opt/core'
import type { Floats, Slot } from '@opt/optimizers'

/**
 * AdaClip: entries of the gradient above the bias-corrected average of the largest ones are scaled, all by the same factor,
 * so that the largest becomes that average. The average knows the present gradient already.
 */
export function clipToHistory<A extends Floats>(
  { length, gradient, numbers, steps, kernels, device, kept }: Slot<A>,
  gamma3: number,
): void {
  if (device) {
    device.clipToHistory(length, gradient, kept!, gamma3, 1 / (1 - pow(gamma3, steps)))
    return
  }
  const largest = kernels.largest(length, gradient)
  numbers.largest = gamma3 * numbers.largest + (1 - gamma3) * largest
  const limit = numbers.largest / (1 - pow(gamma3, steps))
  if (largest <= limit) return
  kernels.scaleAbove(length, gradient, limit, limit / largest)
}

/** AdaGN: the gradient's norm becomes the bias-corrected ratio of the averages of its norm and of the root of its squared norm. */
export function normalizeToHistory<A extends Floats>(
  { length, gradient, numbers, steps, kernels, device, kept }: Slot<A>,
  gamma1: number,
  gamma2: number,
  epsilon: number,
): void {
  if (device) {
    const [correction1, correction2] = [1 / (1 - pow(gamma1, steps)), 1 / (1 - pow(gamma2, steps))]
    device.normalizeToHistory(length, gradient, kept!, gamma1, gamma2, correction1, correction2, epsilon)
    return
  }
  const square = kernels.squaredNorm(length, gradient)
  const norm = Math.sqrt(square)
  numbers.norm = gamma1 * numbers.norm + (1 - gamma1) * norm
  numbers.squaredNorm = gamma2 * numbers.squaredNorm + (1 - gamma2) * square
  if (norm === 0) return
  const meanNorm = numbers.norm / (1 - pow(gamma1, steps))
  const root = Math.sqrt(numbers.squaredNorm / (1 - pow(gamma2, steps))) + epsilon
  const factor = meanNorm / root / norm
  kernels.descend(length, gradient, gradient, 0, factor, 0) // g = factor g
}
