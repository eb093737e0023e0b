import {
  calling,
  dot,
  type Matrix,
  type MatrixLike,
  matrix,
  norm,
  number,
  options as optionsOf,
  refuse,
} from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { checkRange, symmetricCopy } from '../measurements/packing.ts'

/** Options of {@link decompose}. */
export interface DecomposeOptions {
  /** r, the rank of X*. Default: its eigenvalues above 1e-10 of the largest. */
  rank?: number | undefined
}

/** Answer of {@link decompose}. */
export interface Decomposition {
  /** norm(Sigma - S S'). */
  signal: number
  /** norm(S E'). */
  cross: number
  /** norm(E E'). */
  residual: number
  /** norm(F): the part of E in the row space of S, which dies with the error. */
  alignedResidual: number
  /** norm(G): the rest of E, which a small start keeps small. */
  hiddenResidual: number
  /** The smallest singular value of S. */
  smallestSignal: number
  /** norm(U U' - X*): its square is signal^2 + 2 cross^2 + residual^2. */
  error: number
}

/**
 * Decomposes a factor as the paper's proof does. With X* = V Sigma V', S = V'U, E = Vperp'U and P the projection on the
 * rows of S: F = E P and G = E - F. Norms are Frobenius norms.
 *
 * @param factor U, d x r'.
 * @param truth X*, symmetric positive semidefinite, d x d.
 * @throws TypeError or RangeError when the shapes do not match, X* is 0, not symmetric or has a negative eigenvalue, or the
 * largest entry of one is neither 0 nor between 1e-70 and 1e70.
 */
export function decompose(factor: MatrixLike, truth: MatrixLike, options?: DecomposeOptions): Decomposition {
  return calling('decompose', () => {
    const U = matrix(factor, 'factor')
    checkRange(U.data, 'factor')
    const [d, columns] = U.shape
    const { values, vectors } = symmetricEigen(symmetricCopy(matrix(truth, 'truth', { rows: d, columns: d }), 'truth'))
    const largest = values[d - 1]
    if (!(largest > 0)) refuse('truth', 'positive semidefinite and not 0', `a largest eigenvalue of ${largest}`)
    if (values[0] < -1e-10 * largest) refuse('truth', 'positive semidefinite', `an eigenvalue of ${values[0]}`)
    const { rank: r = values.filter((value) => value > 1e-10 * largest).length } = optionsOf(options, 'options', [
      'rank',
    ])
    number(r, 'rank', { integer: true, min: 1, max: d })
    const rotated = rotate(U, vectors!)
    const [S, E] = [rotated.subarray((d - r) * columns), rotated.subarray(0, (d - r) * columns)]
    const gram = times(S, S, columns)
    const smallest = symmetricEigen(ndarray(gram.slice(), [r, r]), { vectors: false }).values[0]
    for (let i = 0; i < r; i++) gram[i * r + i] -= values[d - r + i]
    const [signal, cross, residual] = [norm(gram), norm(times(E, S, columns)), norm(times(E, E, columns))]
    const basis = rowBasis(S, columns)
    const coordinates = times(E, basis, columns)
    return {
      signal,
      cross,
      residual,
      alignedResidual: norm(coordinates),
      hiddenResidual: norm(outside(E, coordinates, basis, columns)),
      smallestSignal: Math.sqrt(Math.max(0, smallest)),
      error: Math.sqrt(signal * signal + 2 * cross * cross + residual * residual),
    }
  })
}

/** V'U: row i in the eigenvector of eigenvalue i. */
function rotate(U: Matrix, V: Matrix): Float64Array {
  const [d, columns] = U.shape
  const out = new Float64Array(d * columns)
  for (let j = 0; j < d; j++)
    for (let i = 0; i < d; i++)
      for (let k = 0; k < columns; k++) out[i * columns + k] += V.data[j * d + i] * U.data[j * columns + k]
  return out
}

/** A B' for rows of n numbers. */
function times(A: Float64Array, B: Float64Array, n: number): Float64Array {
  const [rows, others] = [A.length / n, B.length / n]
  const out = new Float64Array(rows * others)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < others; j++) {
      let sum = 0
      for (let k = 0; k < n; k++) sum += A[i * n + k] * B[j * n + k]
      out[i * others + j] = sum
    }
  return out
}

/** The rows of E less their part in the span of a basis. */
function outside(E: Float64Array, coordinates: Float64Array, basis: Float64Array, n: number): Float64Array {
  const rest = E.slice()
  const k = basis.length / n
  for (let i = 0; i < E.length / n; i++)
    for (let j = 0; j < k; j++) for (let c = 0; c < n; c++) rest[i * n + c] -= coordinates[i * k + j] * basis[j * n + c]
  return rest
}

/** An orthonormal basis of the rows of S: Gram-Schmidt, each row twice. */
function rowBasis(S: Float64Array, n: number): Float64Array {
  const basis = S.slice()
  let kept = 0
  for (let i = 0; i < S.length / n; i++) {
    const row = basis.subarray(kept * n, (kept + 1) * n)
    row.set(S.subarray(i * n, (i + 1) * n))
    const before = norm(row)
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < kept; j++) {
        const other = basis.subarray(j * n, (j + 1) * n)
        const inner = dot(row, other)
        for (let k = 0; k < n; k++) row[k] -= inner * other[k]
      }
    const after = norm(row)
    if (!(after > 1e-12 * before)) continue
    for (let k = 0; k < n; k++) row[k] /= after
    kept++
  }
  return basis.subarray(0, kept * n)
}
