import type { MatrixKernels, MatrixView } from '@opt/core'

/** Solves (I + F'F / rho + G'G) u = v - lambda + G'(s - nu) + F'target / rho, and writes u and XU of the state. */
export type UpdateU = (target: Float64Array) => void

/** Replaces a positive definite matrix by its Cholesky factor. */
export function factorize(A: MatrixView, kernels: MatrixKernels, work: Float64Array): void {
  if (kernels.potrf(A, work) !== 0)
    throw new RangeError('convexRelu: the linear system is singular in rounding; standardise the features or raise rho')
}
