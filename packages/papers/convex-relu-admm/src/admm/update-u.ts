import type { Kernels } from '@opt/core'

/**
 * Solves (I + F'F / rho + G'G) u = v - lambda + G'(s - nu) + F'target / rho, and writes u and XU of the state.
 */
export type UpdateU = (target: Float64Array) => void

/** Replaces a positive definite n x n matrix by its Cholesky factor. */
export function factorize(n: number, A: Float64Array, kernels: Kernels, work: Float64Array): void {
  if (kernels.potrf(n, A, n, work) === 0) return
  throw new RangeError('convexRelu: the linear system is singular in rounding; standardise the features or raise rho')
}
