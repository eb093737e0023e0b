import { calling, dot, number, options, type Random, type VectorLike, vector } from '@opt/core'
import { lanczos, type Product, symmetric, tridiagonalEigen } from '@opt/curvature'

/** Options of {@link lanczosStep}. */
export interface LanczosStepOptions {
  /** Learning rate, positive. */
  rate: number
  /** delta, positive; see `minimalDamping`. */
  damping: number
  /** Lanczos steps: directions that are resolved. Default 5. */
  steps?: number | undefined
  /** First vector of the recurrence. Default normal. */
  start?: VectorLike | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

/**
 * Returns the damped second-order step of the authors' Lanczos optimizer, to be added to the parameters:
 * -rate (g / delta + sum of (1 / (|theta_i| + delta) - 1 / delta) v_i v_i' g) over the Ritz pairs of a batch Hessian.
 *
 * @param product of the batch's Hessian with a vector.
 * @param gradient g; its length is the number of parameters.
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export function lanczosStep(product: Product, gradient: VectorLike, given: LanczosStepOptions): Float64Array {
  return calling('lanczosStep', () => {
    const {
      rate,
      damping,
      steps = 5,
      start,
      seed,
    } = options(given, 'options', ['rate', 'damping', 'steps', 'start', 'seed'])
    number(rate, 'rate', { positive: true })
    number(damping, 'damping', { positive: true })
    const g = vector(gradient, 'gradient')
    const { alpha, beta, basis } = lanczos(symmetric(g.length, product), { steps, start, seed, history: false })
    const { values, vectors } = tridiagonalEigen(alpha, beta.subarray(0, beta.length - 1))
    const along = basis.map((q) => dot(q, g))
    // In the basis: the sum of (1 / (|theta| + delta) - 1 / delta) y y' along.
    const change = new Float64Array(basis.length)
    values.forEach((theta, i) => {
      const y = Float64Array.from(basis, (_, j) => vectors?.get(j, i) as number)
      const factor = (1 / (Math.abs(theta) + damping) - 1 / damping) * dot(y, along)
      for (let j = 0; j < y.length; j++) change[j] += factor * y[j]
    })
    const step = g.map((x) => x / damping)
    basis.forEach((q, j) => {
      for (let i = 0; i < step.length; i++) step[i] += change[j] * q[i]
    })
    return step.map((x) => -rate * x)
  })
}
