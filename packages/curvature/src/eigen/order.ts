import { type Matrix, type MatrixView, refuse } from '@opt/core'
import ndarray from 'ndarray'

/** Returns the places of the values in ascending order. */
export function ascending(values: Float64Array): Int32Array {
  // Loops: for small matrices, from() takes longer than the eigenvalues.
  const order = new Int32Array(values.length)
  for (let i = 0; i < order.length; i++) order[i] = i
  return order.sort((i, j) => values[i] - values[j] || i - j)
}

/**
 * Returns the values times a scale, in the given order.
 *
 * @throws RangeError when one is beyond the largest double.
 */
export function eigenvalues(values: Float64Array, order: Int32Array, scale: number, label: string): Float64Array {
  const sorted = new Float64Array(order.length)
  for (let k = 0; k < order.length; k++) {
    sorted[k] = values[order[k]] * scale
    if (!Number.isFinite(sorted[k])) refuse(label, 'of eigenvalues within the range of doubles', String(sorted[k]))
  }
  return sorted
}

/** Returns the matrix whose column j is row order[j] of P. */
export function columnsOf(P: MatrixView, order: Int32Array): Matrix {
  const n = P.rows
  const V = new Float64Array(n * n)
  // Blocks of rows, so that V is written line by line.
  for (let from = 0; from < n; from += 8)
    for (let j = 0; j < n; j++) {
      const row = order[j] * P.stride
      for (let i = from; i < Math.min(n, from + 8); i++) V[i * n + j] = P.data[row + i]
    }
  return ndarray(V, [n, n])
}
