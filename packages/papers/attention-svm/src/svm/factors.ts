import type { Matrix } from '@opt/core'
import ndarray from 'ndarray'
import { SingularValues } from '../linear/singular-values.ts'

/** W = K Q' of a rank, with |K|_F^2 = |Q|_F^2 = |W|_*. */
export interface Factors {
  /** d x rank. */
  K: Matrix
  /** e x rank. */
  Q: Matrix
  rank: number
  /** Descending. */
  singularValues: Float64Array
}

/** Singular values below this, relative to the largest, are rounding errors. */
const NEGLIGIBLE = 1e-10

/**
 * Factors a matrix by its singular value decomposition, W = U S V' -> K = U sqrt(S), Q = V sqrt(S).
 *
 * @param rank keep so many of the singular values; default those above 1e-10 of the largest.
 */
export function factor(W: Float64Array, rows: number, columns: number, rank?: number): Factors {
  const svd = new SingularValues(rows, columns)
  const largest = svd.decompose(W)
  const order = Array.from(svd.values.keys()).sort((a, b) => svd.values[b] - svd.values[a])
  const kept = order.filter((k) => svd.values[k] > NEGLIGIBLE * largest).slice(0, rank)
  const K = new Float64Array(rows * kept.length)
  const Q = new Float64Array(columns * kept.length)
  const [left, right] = [new Float64Array(rows), new Float64Array(columns)]
  kept.forEach((k, place) => {
    const root = Math.sqrt(svd.values[k])
    svd.left(k, left)
    svd.right(k, right)
    for (let i = 0; i < rows; i++) K[i * kept.length + place] = root * left[i]
    for (let j = 0; j < columns; j++) Q[j * kept.length + place] = root * right[j]
  })
  return {
    K: ndarray(K, [rows, kept.length]),
    Q: ndarray(Q, [columns, kept.length]),
    rank: kept.length,
    singularValues: Float64Array.from(order, (k) => svd.values[k]),
  }
}
