import { calling, number, refuse, type VectorLike } from '@opt/core'
import type { DenseNetwork, Inputs } from '@opt/nn'
import { checkList, checkNetwork } from '../intake.ts'

/**
 * Computes the empirical neural tangent kernel of a few examples.
 *
 * @returns a square matrix of n classes rows, row-major; row i * classes + k belongs to logit k of
 *   example i.
 * @throws TypeError or RangeError for a network or inputs that are wrong, and when an entry
 *   overflows.
 */
export function ntk(network: DenseNetwork, inputs: Inputs): Float64Array {
  return calling('ntk', () => {
    const kernel = checkNetwork(network).ntk(inputs)
    if (!kernel.every(Number.isFinite)) refuse('inputs', 'of a size whose kernel is finite', 'larger ones')
    return kernel
  })
}

/**
 * The distance of two tangent kernels, 1 - <K, L> / (|K| |L|) in the Frobenius inner product: how far
 * training has turned the kernel (Fort et al., NeurIPS 2020).
 *
 * @returns a number from 0 to 2; 0 for kernels of the same direction.
 * @throws RangeError for kernels of different size, an entry that is not finite, or a kernel that is
 *   zero and has no direction.
 */
export function kernelDistance(first: VectorLike, second: VectorLike): number {
  return calling('kernelDistance', () => distance(checkList(first, 'first'), checkList(second, 'second')))
}

function distance(first: ArrayLike<number>, second: ArrayLike<number>): number {
  if (first.length !== second.length) refuse('second', `of length ${first.length}`, `length ${second.length}`)
  const scales = [largest(first, 'first'), largest(second, 'second')]
  // Scaled only where squares would leave the range of doubles.
  const [p, q] = scales.map((size) => (size > 1e-100 && size < 1e100 ? 1 : size))
  let [inner, a, b] = [0, 0, 0]
  for (let i = 0; i < first.length; i++) {
    const x = first[i] / p
    const y = second[i] / q
    inner += x * y
    a += x * x
    b += y * y
  }
  return Math.max(0, 1 - inner / (Math.sqrt(a) * Math.sqrt(b)))
}

/** The largest size of an entry. */
function largest(kernel: ArrayLike<number>, label: string): number {
  let size = 0
  for (let i = 0; i < kernel.length; i++) size = Math.max(size, Math.abs(kernel[i]))
  if (size === 0) refuse(label, 'a kernel that is not zero', 'zero')
  return size
}

/**
 * The {@link kernelDistance} per step.
 *
 * @param steps training steps, or epochs, between the two kernels; positive.
 * @throws RangeError as {@link kernelDistance}, and for another number of steps.
 */
export function kernelVelocity(first: VectorLike, second: VectorLike, steps: number): number {
  return calling('kernelVelocity', () => {
    number(steps, 'steps', { positive: true, min: 1e-300 })
    return distance(checkList(first, 'first'), checkList(second, 'second')) / steps
  })
}
