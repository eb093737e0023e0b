import { pow } from '@opt/core'
import type { Floats, Slot } from '@opt/optimizers'

const { abs, sqrt } = Math

/**
 * AdaClip: entries of the gradient above the bias-corrected average of the largest ones are scaled, all by the same factor,
 * so that the largest becomes that average. The average knows the present gradient already.
 */
export function clipToHistory<A extends Floats>({ length, gradient, numbers, steps }: Slot<A>, gamma3: number): void {
  let largest = 0
  for (let i = 0; i < length; i++) {
    const size = abs(gradient[i])
    if (size > largest) largest = size
  }
  numbers.largest = gamma3 * numbers.largest + (1 - gamma3) * largest
  const limit = numbers.largest / (1 - pow(gamma3, steps))
  if (largest <= limit) return
  const factor = limit / largest
  for (let i = 0; i < length; i++) if (abs(gradient[i]) > limit) gradient[i] *= factor
}

/** AdaGN: the gradient's norm becomes the bias-corrected ratio of the averages of its norm and of the root of its squared norm. */
export function normalizeToHistory<A extends Floats>(
  { length, gradient, numbers, steps }: Slot<A>,
  gamma1: number,
  gamma2: number,
  epsilon: number,
): void {
  let square = 0
  for (let i = 0; i < length; i++) square += gradient[i] * gradient[i]
  const norm = sqrt(square)
  numbers.norm = gamma1 * numbers.norm + (1 - gamma1) * norm
  numbers.squaredNorm = gamma2 * numbers.squaredNorm + (1 - gamma2) * square
  if (norm === 0) return
  const meanNorm = numbers.norm / (1 - pow(gamma1, steps))
  const root = sqrt(numbers.squaredNorm / (1 - pow(gamma2, steps))) + epsilon
  const factor = meanNorm / root / norm
  for (let i = 0; i < length; i++) gradient[i] *= factor
}
