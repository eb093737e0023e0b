import { allocate, type MatrixKernels, matrixKernels, matrixView, refuse, solveScratch } from '@opt/core'

/** Columns of the factor between two reports. */
const BLOCK = 64

/**
 * Solves K A = Y by Cholesky's factorisation; reports the share that is done, 0 to 1, after each row of K and each
 * block of the factor.
 *
 * @param n rows of K and Y.
 * @param fill writes row i of K up to its diagonal: entries 0 to i.
 * @param Y n x columns; overwritten by A.
 * @throws RangeError when K is singular to rounding.
 */
export function* kernelSolve(
  n: number,
  fill: (i: number, row: Float64Array) => void,
  Y: Float64Array,
  columns: number,
): Generator<number, void> {
  const { K, B, work, kernels } = allocate([matrixKernels], (views) => ({
    K: views.f64(n * n),
    B: views.f64(n * columns),
    work: views.f64(solveScratch(n, Math.max(n, columns))),
  }))
  let diagonal = 0
  for (let i = 0; i < n; i++) {
    fill(i, K.subarray(i * n, i * n + i + 1))
    diagonal = Math.max(diagonal, K[i * n + i])
    const share = (i + 1) / n
    yield (share * share) / 2
  }
  const factored = yield* factor(n, K, kernels, work)
  let least = Infinity
  for (let i = 0; i < n; i++) least = Math.min(least, K[i * n + i])
  // The error of a pivot's square is at most about this; K is then singular for all that can be told.
  if (!factored || least * least <= 2.3e-16 * n * diagonal)
    refuse('ridge', 'larger: the kernel matrix is singular to rounding', 'too small a ridge (are rows of X equal?)')
  const L = matrixView(K, n, n)
  B.set(Y)
  kernels.trsm(L, matrixView(B, n, columns), work)
  kernels.trsmT(L, matrixView(B, n, columns), work)
  Y.set(B)
}

/** Does the same as potrf, to the same bits, a block of columns at a time; returns whether all pivots are positive. */
function* factor(n: number, K: Float64Array, kernels: MatrixKernels, work: Float64Array): Generator<number, boolean> {
  for (let j = 0; j < n; j += BLOCK) {
    const size = Math.min(BLOCK, n - j)
    const next = j + size
    const L = matrixView(K.subarray(j * n + j), size, size, n)
    if (kernels.potrf(L, work) > 0) return false
    for (let i = next; i < n; i++) kernels.trsv(L, K.subarray(i * n + j, i * n + next))
    const left = 1 - next / n
    if (left > 0) {
      const below = matrixView(K.subarray(next * n + j), n - next, size, n)
      kernels.syrk(-1, below, matrixView(K.subarray(next * n + next), n - next, n - next, n), work)
    }
    yield 1 - (left * left * left) / 2
  }
  return true
}
