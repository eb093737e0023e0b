import { number, refuse } from '@opt/core'
import type { DenseNetwork, Inputs } from '@opt/nn'

/** The empirical neural tangent kernel of a few examples: (n classes) squared, row i * classes + k for logit k of example i. */
export function ntk(network: DenseNetwork, inputs: Inputs): Float64Array {
  return network.ntk(inputs)
}

/**
 * 1 - <K, L> / (|K| |L|) in the Frobenius inner product: how far a kernel has turned (Fort et al., NeurIPS 2020).
 *
 * @throws RangeError when the kernels differ in size, or one is zero and has no direction
 */
export function kernelDistance(first: ArrayLike<number>, second: ArrayLike<number>): number {
  if (first.length !== second.length)
    refuse('kernelDistance: second', `of length ${first.length}`, `length ${second.length}`)
  let [inner, a, b] = [0, 0, 0]
  for (let i = 0; i < first.length; i++) {
    inner += first[i] * second[i]
    a += first[i] * first[i]
    b += second[i] * second[i]
  }
  if (a === 0 || b === 0) refuse(`kernelDistance: ${a === 0 ? 'first' : 'second'}`, 'a kernel that is not zero', 'zero')
  return 1 - inner / (Math.sqrt(a) * Math.sqrt(b))
}

/** {@link kernelDistance} a step. */
export function kernelVelocity(first: ArrayLike<number>, second: ArrayLike<number>, steps: number): number {
  return kernelDistance(first, second) / number(steps, 'kernelVelocity: steps', { positive: true })
}
