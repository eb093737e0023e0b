import { pow } from '@opt/core'
import type { Floats, Slot } from '@opt/optimizers'

/**
 * AdaClip: entries of the gradient above the bias-corrected average of the largest ones are scaled, all by the same factor,
 * so that the largest becomes that average. The average knows the present gradient already.
 *
 * @returns the largest entry after that; on a device, where it is not known here, 0.
 */
export function clipToHistory<A extends Floats>(
  { length, gradient, numbers, steps, kernels, device, kept }: Slot<A>,
  gamma3: number,
): number {
  if (device) {
    device.clipToHistory(length, gradient, kept!, gamma3, 1 / (1 - pow(gamma3, steps)))
    return 0
  }
  const largest = kernels.largest(length, gradient)
  numbers.largest = gamma3 * numbers.largest + (1 - gamma3) * largest
  const limit = numbers.largest / (1 - pow(gamma3, steps))
  if (largest <= limit) return largest
  kernels.scaleAbove(length, gradient, limit, limit / largest)
  return limit
}

const FAR = 1125899906842624 // 2^50

/** The gradient times a power of two that brings its largest entry near 1, so that the squares stay in range; and that power. */
function bringNear<A extends Floats>({ length, gradient, kernels }: Slot<A>, size: number): number {
  // So many times a power is still one of the type.
  let left = gradient.BYTES_PER_ELEMENT === 4 ? 2 : 20
  let scale = 1
  for (; size * scale > FAR && left > 0; left--) scale /= FAR
  for (; size * scale < 1 / FAR && left > 0; left--) scale *= FAR
  if (scale !== 1) kernels.descend(length, gradient, gradient, 0, scale, 0)
  return scale
}

/**
 * AdaGN: the gradient's norm becomes the bias-corrected ratio of the averages of its norm and of the root of its squared norm.
 *
 * @param size its largest entry.
 */
export function normalizeToHistory<A extends Floats>(
  slot: Slot<A>,
  size: number,
  gamma1: number,
  gamma2: number,
  epsilon: number,
): void {
  const { length, gradient, numbers, steps, kernels, device, kept } = slot
  if (device) {
    const [correction1, correction2] = [1 / (1 - pow(gamma1, steps)), 1 / (1 - pow(gamma2, steps))]
    device.normalizeToHistory(length, gradient, kept!, gamma1, gamma2, correction1, correction2, epsilon)
    return
  }
  const scale = size > 0 ? bringNear(slot, size) : 1
  const scaledNorm = Math.sqrt(kernels.squaredNorm(length, gradient))
  const norm = scaledNorm / scale
  numbers.norm = gamma1 * numbers.norm + (1 - gamma1) * norm
  numbers.rootSquare = rootOfMean(gamma2, numbers.rootSquare, norm)
  if (norm === 0) return
  const meanNorm = numbers.norm / (1 - pow(gamma1, steps))
  const root = numbers.rootSquare / Math.sqrt(1 - pow(gamma2, steps)) + epsilon
  const factor = meanNorm / root / scaledNorm
  kernels.descend(length, gradient, gradient, 0, factor, 0) // g = factor g
}

/** sqrt(gamma a^2 + (1 - gamma) b^2), whose squares may be out of range. */
function rootOfMean(gamma: number, a: number, b: number): number {
  const larger = Math.max(a, b)
  if (larger === 0) return 0
  return larger * Math.sqrt(gamma * (a / larger) * (a / larger) + (1 - gamma) * (b / larger) * (b / larger))
}
