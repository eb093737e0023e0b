import type { MatrixKernels, MatrixView, VectorKernels } from '@opt/core'
import type { SystemSolver } from './inner-solver.ts'

/**
 * Holds a system K z + R = 0 in the memory of an inner solver.
 *
 * @param r receives K z + R; may be longer than z, as rows of K may be.
 */
export function heldSystem(
  K: MatrixView,
  z: Float64Array,
  r: Float64Array,
  { gemv, dot }: Pick<MatrixKernels, 'gemv'> & Pick<VectorKernels, 'dot'>,
): Pick<SystemSolver, 'load'> & { residual(): number } {
  const N = K.rows
  const R = new Float64Array(N)
  return {
    load(matrix, vector) {
      for (let i = 0; i < N; i++) K.data.set(matrix.subarray(i * N, (i + 1) * N), i * K.stride)
      R.set(vector)
      z.fill(0)
      r.set(vector)
    },
    /** Recomputes r and returns |r|. */
    residual() {
      gemv(K, z, r)
      for (let i = 0; i < N; i++) r[i] += R[i]
      return Math.sqrt(dot(N, r, r))
    },
  }
}
