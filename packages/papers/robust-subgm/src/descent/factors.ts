import type { Matrix } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'

/** Eigenvalues, ascending, and eigenvectors of U'U, for a factor of r columns. */
export function gramEigen(U: Float64Array, r: number): { values: Float64Array; vectors: Float64Array } {
  const G = new Float64Array(r * r)
  for (let i = 0; i < U.length; i += r)
    for (let a = 0; a < r; a++) for (let b = 0; b <= a; b++) G[a * r + b] += U[i + a] * U[i + b]
  for (let a = 0; a < r; a++) for (let b = 0; b < a; b++) G[b * r + a] = G[a * r + b]
  const { values, vectors } = symmetricEigen(ndarray(G, [r, r]))
  return { values: values.map((value) => Math.max(0, value)), vectors: vectors!.data }
}

/** U V_k for the k largest eigenvectors V_k of U'U: a factor of the nearest matrix of rank k. */
export function truncate(U: Float64Array, r: number, k: number): Float64Array {
  const { vectors } = gramEigen(U, r)
  const out = new Float64Array((U.length / r) * k)
  for (let i = 0; i < U.length / r; i++)
    for (let c = 0; c < k; c++) for (let a = 0; a < r; a++) out[i * k + c] += U[i * r + a] * vectors[a * r + r - 1 - c]
  return out
}

/** U U'. */
export function product(U: Float64Array, r: number): Matrix {
  const d = U.length / r
  const data = new Float64Array(d * d)
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = 0; k < r; k++) sum += U[i * r + k] * U[j * r + k]
      data[i * d + j] = data[j * d + i] = sum
    }
  return ndarray(data, [d, d])
}
