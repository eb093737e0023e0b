import { allocate, matrixKernels, matrixView, refuse, solveScratch } from '@opt/core'

/**
 * Solves K A = Y by Cholesky's factorisation.
 *
 * @param n rows of K and Y.
 * @param fill writes row i of K up to its diagonal: entries 0 to i.
 * @param Y n x columns; overwritten by A.
 * @throws RangeError when K is singular to rounding.
 */
export function kernelSolve(
  n: number,
  fill: (i: number, row: Float64Array) => void,
  Y: Float64Array,
  columns: number,
): void {
  const { K, B, work, kernels } = allocate([matrixKernels], (views) => ({
    K: views.f64(n * n),
    B: views.f64(n * columns),
    work: views.f64(solveScratch(n, Math.max(n, columns))),
  }))
  let diagonal = 0
  for (let i = 0; i < n; i++) {
    fill(i, K.subarray(i * n, i * n + i + 1))
    diagonal = Math.max(diagonal, K[i * n + i])
  }
  const L = matrixView(K, n, n)
  const failed = kernels.potrf(L, work)
  let least = Infinity
  for (let i = 0; i < n; i++) least = Math.min(least, K[i * n + i])
  // The error of a pivot's square is at most about this; K is then singular for all that can be told.
  if (failed > 0 || least * least <= 2.3e-16 * n * diagonal)
    refuse('ridge', 'larger: the kernel matrix is singular to rounding', 'too small a ridge (are rows of X equal?)')
  B.set(Y)
  kernels.trsm(L, matrixView(B, n, columns), work)
  kernels.trsmT(L, matrixView(B, n, columns), work)
  Y.set(B)
}
