import { symmetricEigen } from '@opt/curvature'
import ndarray, { type NdArray } from 'ndarray'

/** The gradients rotated into the range of H, with H diagonal there. */
function rotated(A: NdArray<Float64Array>): { rows: number[][]; h: number[] } {
  const [n, d] = A.shape
  const H = Array.from({ length: d }, (_, j) =>
    Array.from({ length: d }, (_, k) => {
      let sum = 0
      for (let i = 0; i < n; i++) sum += (A.get(i, j) * A.get(i, k)) / n
      return sum
    }),
  )
  const { values, vectors } = symmetricEigen(H)
  const kept = Array.from(values.keys()).filter((k) => values[k] > 1e-12 * values[d - 1])
  const rows = Array.from({ length: n }, (_, i) =>
    kept.map((k) => {
      let sum = 0
      for (let j = 0; j < d; j++) sum += A.get(i, j) * vectors!.get(j, k)
      return sum
    }),
  )
  return { rows, h: kept.map((k) => values[k]) }
}

/** The matrix of M -> eta^2 D(M) or of the whole recursion S, on all r x r matrices. */
function kronecker(
  A: NdArray<Float64Array>,
  c: number,
  eta: number,
  kept: (j: number, k: number, h: number[]) => number,
) {
  const { rows, h } = rotated(A)
  const r = h.length
  const side = r * r
  const T = new Float64Array(side * side)
  for (let j = 0; j < r; j++)
    for (let k = 0; k < r; k++) {
      const row = j * r + k
      T[row * side + row] += kept(j, k, h) + eta * eta * (1 - c) * h[j] * h[k]
      for (let p = 0; p < r; p++)
        for (let q = 0; q < r; q++) {
          let sum = 0
          for (const a of rows) sum += a[j] * a[k] * a[p] * a[q]
          T[row * side + p * r + q] += (eta * eta * c * sum) / rows.length
        }
    }
  return { T, side, h }
}

/** Eigenvalues of the recursion of second moments, ascending, on all r x r matrices over the range of H. */
export function fullRecursion(A: NdArray<Float64Array>, c: number, eta: number): Float64Array {
  const { T, side } = kronecker(A, c, eta, (j, k, h) => 1 - eta * (h[j] + h[k]))
  return symmetricEigen(ndarray(T, [side, side]), { vectors: false }).values
}

/** The critical rate by a dense eigenproblem of side r^2. */
export function denseCriticalRate(A: NdArray<Float64Array>, c: number): number {
  const { T, side, h } = kronecker(A, c, 1, () => 0)
  const r = h.length
  const w = Array.from({ length: side }, (_, at) => 1 / Math.sqrt(h[Math.floor(at / r)] + h[at % r]))
  for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) T[i * side + j] *= w[i] * w[j]
  return 1 / symmetricEigen(ndarray(T, [side, side]), { vectors: false }).values[side - 1]
}
