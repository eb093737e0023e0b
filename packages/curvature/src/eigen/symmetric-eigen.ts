import { boolean, calling, type Matrix, type MatrixLike, matrix, options as optionsOf, refuse } from '@opt/core'
import { briefWorkspace, diagonalise, type Workspace } from './householder.ts'
import { powerOfTwo } from './implicit-ql.ts'
import { ascending, columnsOf, eigenvalues } from './order.ts'

/** Options of {@link symmetricEigen} and {@link tridiagonalEigen}. */
export interface EigenOptions {
  /** Whether to compute eigenvectors. Default true. */
  vectors?: boolean | undefined
}

/** Answer of {@link symmetricEigen} and {@link tridiagonalEigen}. */
export interface Eigen {
  /** All n eigenvalues, ascending. */
  values: Float64Array
  /** n x n, orthogonal: column j is the eigenvector of values[j]. Absent when not asked for. */
  vectors?: Matrix
}

/** Entries that differ by more than this, relative to the largest entry, do not make a symmetric matrix. */
const ASYMMETRY = 1e-10

/**
 * Computes all eigenvalues, and eigenvectors, of a dense symmetric matrix by Householder's reduction
 * and the implicit QL method; the same bits in every engine. Errors are a modest multiple of the unit
 * roundoff times the largest |eigenvalue|, for entries of any size.
 *
 * @param A symmetric, n x n; its lower triangle is read.
 * @throws TypeError or RangeError when A is not a square, finite matrix, or not symmetric up to rounding, or
 * has an eigenvalue beyond the largest double.
 */
export function symmetricEigen(A: MatrixLike, options?: EigenOptions): Eigen {
  return calling('symmetricEigen', () => {
    const { vectors = true } = optionsOf(options, 'options', ['vectors'])
    boolean(vectors, 'vectors')
    const given = matrix(A, 'A')
    const [n, columns] = given.shape
    if (n !== columns) refuse('A', 'square', `shape [${n}, ${columns}]`)
    const space = briefWorkspace(n, vectors)
    const scale = load(given.data, n, space)
    const d = new Float64Array(n)
    diagonalise(space, d)
    const order = ascending(d)
    const values = eigenvalues(d, order, scale, 'A')
    return vectors ? { values, vectors: columnsOf(space.P, order) } : { values }
  })
}

/** Copies A, divided by a power of two near its largest entry, which is returned. */
export function load(data: Float64Array, n: number, { A }: Workspace): number {
  let peak = 0
  for (let i = 0; i < data.length; i++) peak = Math.max(peak, Math.abs(data[i]))
  const scale = powerOfTwo(peak)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const entry = data[i * n + j]
      const mirror = data[j * n + i]
      // Halves, whose difference cannot overflow.
      if (Math.abs(entry / 2 - mirror / 2) > (ASYMMETRY / 2) * peak)
        refuse(`A[${j}][${i}]`, `equal to A[${i}][${j}] = ${entry}`, String(mirror))
      A.data[i * A.stride + j] = A.data[j * A.stride + i] = entry / scale
    }
  return scale
}
