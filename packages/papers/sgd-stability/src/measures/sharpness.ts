import { calling } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { type Gradients, type Linearization, linearized } from '../linear/linearization.ts'

/** Curvature of the squared loss at a minimum that fits all examples, H = (1/n) sum of J_i'J_i. */
export interface Sharpness {
  /** tr H, the mean squared norm of the gradients. */
  trace: number
  /** ||H||_F. */
  frobenius: number
  /** Largest eigenvalue of H. */
  lambdaMax: number
  /** Mean of ||J_i J_i'||_F^2; of |a_i|^4 for single outputs. */
  fourthMoment: number
  /** Largest eigenvalue of any J_i J_i'; the largest |a_i|^2 for single outputs. */
  maxSquaredNorm: number
}

/**
 * Measures the sharpness of a minimum from the gradients of the model's outputs.
 *
 * @param gradients n x d, one row for each example, or a linearization.
 * @throws TypeError or RangeError as {@link linearize}.
 */
export function sharpness(gradients: Gradients): Sharpness {
  return calling('sharpness', () => sharpnessOf(linearized(gradients)))
}

export function sharpnessOf(linear: Linearization): Sharpness {
  const { eigenvalues: h, examples } = linear
  let [trace, squares, fourth, maxSquaredNorm] = [0, 0, 0, 0]
  for (const value of h) {
    trace += value
    squares += value * value
  }
  for (let i = 0; i < examples; i++) {
    const block = exampleKernel(linear, i)
    let sum = 0
    for (const entry of block) sum += entry * entry
    fourth += sum / examples
    maxSquaredNorm = Math.max(maxSquaredNorm, largestEigenvalue(block, linear.outputs))
  }
  return {
    trace,
    frobenius: Math.sqrt(squares),
    lambdaMax: h.length > 0 ? h[h.length - 1] : 0,
    fourthMoment: fourth,
    maxSquaredNorm,
  }
}

/** J_i J_i', row-major. */
function exampleKernel({ rows, eigenvalues, outputs }: Linearization, i: number): Float64Array {
  const r = eigenvalues.length
  const block = new Float64Array(outputs * outputs)
  for (let a = 0; a < outputs; a++)
    for (let b = 0; b < outputs; b++) {
      let sum = 0
      for (let k = 0; k < r; k++) sum += rows[(i * outputs + a) * r + k] * rows[(i * outputs + b) * r + k]
      block[a * outputs + b] = sum
    }
  return block
}

function largestEigenvalue(block: Float64Array, side: number): number {
  if (side === 1) return block[0]
  return symmetricEigen(ndarray(block, [side, side]), { vectors: false }).values[side - 1]
}
