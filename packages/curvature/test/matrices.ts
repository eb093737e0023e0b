import { type LinearOperator, type Random, random } from '@opt/core'
import { symmetric } from '../src/index.ts'

export type Rows = Float64Array[]

/** A symmetric matrix of normal numbers. */
export function wigner(n: number, rng: Random = random(1), scale = 1): Rows {
  const A = Array.from({ length: n }, () => new Float64Array(n))
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) A[i][j] = A[j][i] = scale * rng.normal()
  return A
}

/** A matrix with the given eigenvalues: a product of reflectors, times their diagonal, times its transpose. */
export function withEigenvalues(values: ArrayLike<number>, rng: Random = random(1)): Rows {
  const n = values.length
  const A = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? values[i] : 0)))
  for (let k = 0; k < 2; k++) {
    const u = Float64Array.from({ length: n }, () => rng.normal())
    const tau = 2 / u.reduce((sum, x) => sum + x * x, 0)
    for (const row of A) reflect(row, u, tau)
    for (let j = 0; j < n; j++) {
      const column = A.map((row) => row[j])
      reflect(column, u, tau)
      column.forEach((x, i) => {
        A[i][j] = x
      })
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) A[j][i] = A[i][j]
  return A
}

function reflect(x: Float64Array | number[], u: Float64Array, tau: number): void {
  let inner = 0
  for (let i = 0; i < u.length; i++) inner += x[i] * u[i]
  for (let i = 0; i < u.length; i++) x[i] -= tau * inner * u[i]
}

export const product = (A: Rows, x: ArrayLike<number>): Float64Array =>
  Float64Array.from(A, (row) => row.reduce((sum, a, j) => sum + a * x[j], 0))

export const operatorOf = (A: Rows): LinearOperator => symmetric(A.length, (v) => product(A, v))

export const diagonalOperator = (d: ArrayLike<number>): LinearOperator =>
  symmetric(d.length, (v, out) => {
    for (let i = 0; i < d.length; i++) out[i] = d[i] * v[i]
  })

/** The five-point Laplacian on a 20 x 21 grid, plus i mod 10 tenths on the diagonal, as in test/golden/scipy.py. */
export const laplacian: LinearOperator = symmetric(420, (v, out) => {
  for (let i = 0; i < 420; i++) {
    const [row, column] = [Math.floor(i / 21), i % 21]
    let sum = (4 + 0.1 * (i % 10)) * v[i]
    if (row > 0) sum -= v[i - 21]
    if (row < 19) sum -= v[i + 21]
    if (column > 0) sum -= v[i - 1]
    if (column < 20) sum -= v[i + 1]
    out[i] = sum
  }
})

/** The largest entry of A V - V diag(values) and of V'V - 1, for columns of V given as vectors; A is divided by `scale`. */
export function defects(A: Rows, values: ArrayLike<number>, vectors: ArrayLike<number>[], scale = 1) {
  let [residual, orthogonality] = [0, 0]
  const scaled = A.map((row) => row.map((a) => a / scale))
  vectors.forEach((v, j) => {
    product(scaled, v).forEach((x, i) => {
      residual = Math.max(residual, Math.abs(x - (values[j] / scale) * v[i]))
    })
    for (let k = 0; k <= j; k++) {
      let inner = 0
      for (let i = 0; i < v.length; i++) inner += v[i] * vectors[k][i]
      orthogonality = Math.max(orthogonality, Math.abs(inner - (k === j ? 1 : 0)))
    }
  })
  return { residual, orthogonality }
}
