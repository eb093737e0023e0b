import type { MatrixView } from '@opt/core'
import type { SymmetricEigensolver } from '@opt/curvature'

/** A ridge regression whose penalty is chosen by exact leave-one-out errors; solved again for each target. */
export interface Ridge {
  /** n leave-one-out residuals of the last solve, at the chosen penalty: target minus the prediction without the row. */
  readonly residuals: Float64Array
  /** n leverages of the last solve at the chosen penalty. */
  readonly leverages: Float64Array
  /** The mean squared leave-one-out error for each penalty, of the last solve; Infinity where rounding hides it. */
  readonly errors: Float64Array
  /** What the last solve found: coefficients of features, or multipliers of rows. */
  readonly solution: Float64Array
  /**
   * Minimises |diag(w)(target - F b)|^2 + lambda |b|^2 for the first lambda of least leave-one-out error.
   *
   * @param target n numbers, already multiplied by the weights.
   * @param weights w, n numbers; null: ones.
   * @returns the index of lambda; -1 when no penalty has a finite error.
   */
  solve(target: Float64Array, weights: Float64Array | null): number
  /** Writes F b, unweighted. */
  values(out: Float64Array): void
}

/** Returns the index of the first smallest entry below Infinity, -1 if there is none. */
export function firstSmallest(errors: Float64Array): number {
  let best = -1
  let least = Infinity
  for (let l = 0; l < errors.length; l++)
    if (errors[l] < least) {
      least = errors[l]
      best = l
    }
  return best
}

/** Solves for the eigenvalues of a symmetric matrix, at least 0, and writes its eigenvectors to the rows of V. */
export function decompose(eigen: SymmetricEigensolver, matrix: Float64Array, V: MatrixView): void {
  eigen.solve(matrix)
  const { values, vectors } = eigen
  const n = V.rows
  for (let j = 0; j < n; j++) {
    values[j] = Math.max(0, values[j])
    V.data.set(vectors.data.subarray(j * vectors.stride, j * vectors.stride + n), j * V.stride)
  }
}

/** Writes W_jl = numerator(j) / (eigenvalue_j + lambda_l). */
export function shrunk(
  W: MatrixView,
  numerator: (j: number) => number,
  values: Float64Array,
  lambdas: Float64Array,
): void {
  for (let j = 0; j < values.length; j++)
    for (let l = 0; l < lambdas.length; l++) W.data[j * W.stride + l] = numerator(j) / (values[j] + lambdas[l])
}
