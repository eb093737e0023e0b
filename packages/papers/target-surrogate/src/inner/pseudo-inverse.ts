import { refuse } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import type { Design } from '../models/model.ts'

/** Eigenvalues at most this times the largest count as 0. */
const CUTOFF = 1e-12

/** Returns X'WX, features x features; without weights X'X. */
export function gram(
  { data, rows, columns: d, stride }: Design,
  label: string,
  weights?: ArrayLike<number>,
  C = 1,
  c = 0,
): Float64Array {
  const A = new Float64Array(d * d)
  for (let i = 0; i < rows; i++) {
    const at = i * stride
    const w = weights === undefined ? 1 : weights[i * C + c]
    for (let j = 0; j < d; j++) {
      const x = w * data[at + j]
      if (x === 0) continue
      const row = j * d
      for (let k = 0; k <= j; k++) A[row + k] += x * data[at + k]
    }
  }
  for (let j = 0; j < d; j++) for (let k = 0; k < j; k++) A[k * d + j] = A[j * d + k]
  for (let k = 0; k < A.length; k++)
    if (!(Math.abs(A[k]) < Infinity)) refuse(label, 'such that their squares are finite', 'larger ones')
  return A
}

/** Returns a function that writes A^+ v for a symmetric A >= 0. */
export function pseudoInverse(A: Float64Array, d: number): (v: Float64Array, out: Float64Array) => void {
  const { values, vectors } = symmetricEigen(ndarray(A, [d, d]))
  const V = vectors!.data
  const least = CUTOFF * values[d - 1]
  return (v, out) => {
    out.fill(0)
    for (let k = 0; k < d; k++) {
      if (!(values[k] > least)) continue
      let along = 0
      for (let j = 0; j < d; j++) along += V[j * d + k] * v[j]
      along /= values[k]
      for (let j = 0; j < d; j++) out[j] += along * V[j * d + k]
    }
  }
}
