import { calling, type MatrixView, number, refuse, type VectorLike, vector } from '@opt/core'
import { diagonalise, type Workspace, workspace } from './householder.ts'
import { load } from './symmetric-eigen.ts'

/**
 * Solves the eigenproblems of many symmetric matrices of one size, one after the other, by the method of
 * {@link symmetricEigen}; a solve allocates nothing.
 */
export class SymmetricEigensolver {
  /** The n eigenvalues of the last matrix, in no particular order. */
  readonly values: Float64Array
  /** n x n, orthogonal: row k is the eigenvector of values[k]. */
  readonly vectors: MatrixView
  readonly #space: Workspace

  /** @throws TypeError or RangeError unless n is a positive integer. */
  constructor(n: number) {
    number(n, 'SymmetricEigensolver: n', { integer: true, min: 1, max: 46340 })
    this.values = new Float64Array(n)
    this.#space = workspace(n, true)
    this.vectors = this.#space.P
  }

  /**
   * Writes the eigenvalues and eigenvectors of a matrix to `values` and `vectors`.
   *
   * @param A symmetric, n x n, row-major; not changed.
   * @throws TypeError or RangeError as {@link symmetricEigen}.
   */
  solve(A: VectorLike): void {
    calling('SymmetricEigensolver.solve', () => {
      const { values } = this
      const n = values.length
      const scale = load(vector(A, 'A', { length: n * n }), n, this.#space)
      diagonalise(this.#space, values)
      for (let k = 0; k < n; k++) {
        values[k] *= scale
        if (!Number.isFinite(values[k])) refuse('A', 'of eigenvalues within the range of doubles', String(values[k]))
      }
    })
  }
}
