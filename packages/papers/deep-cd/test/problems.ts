import { type CSR, random } from '@opt/core'

/** A dense symmetric matrix as compressed rows; zeros are left out. */
export function sparse(dense: readonly ArrayLike<number>[]): CSR {
  const n = dense.length
  const indptr = new Int32Array(n + 1)
  const indices: number[] = []
  const values: number[] = []
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++)
      if (dense[i][j] !== 0) {
        indices.push(j)
        values.push(dense[i][j])
      }
    indptr[i + 1] = indices.length
  }
  return { rows: n, columns: n, indptr, indices: Int32Array.from(indices), values: Float64Array.from(values) }
}

/** A random symmetric positive definite matrix: half of its entries are zero, its diagonal dominates. */
export function randomSystem(n: number, seed: number, scale = 1): { dense: number[][]; A: CSR; b: Float64Array } {
  const rng = random(seed)
  const dense = Array.from({ length: n }, () => new Array<number>(n).fill(0))
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) if (rng.uniform() < 0.5) dense[i][j] = dense[j][i] = rng.normal() * scale
  for (let i = 0; i < n; i++) {
    const sum = dense[i].reduce((total, v) => total + Math.abs(v), 0)
    dense[i][i] = sum + scale * rng.uniform(0.01, 1)
  }
  return { dense, A: sparse(dense), b: Float64Array.from({ length: n }, () => rng.normal()) }
}

/** Gaussian elimination with pivots. */
export function solveDense(dense: readonly (readonly number[])[], b: ArrayLike<number>): number[] {
  const n = dense.length
  const rows = dense.map((row, i) => [...row, b[i]])
  for (let k = 0; k < n; k++) {
    let p = k
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[p][k])) p = i
    ;[rows[k], rows[p]] = [rows[p], rows[k]]
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k]
      for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j]
    }
  }
  const x = new Array<number>(n).fill(0)
  for (let i = n - 1; i >= 0; i--) {
    let sum = rows[i][n]
    for (let j = i + 1; j < n; j++) sum -= rows[i][j] * x[j]
    x[i] = sum / rows[i][i]
  }
  return x
}

export const norm = (x: ArrayLike<number>): number => Math.sqrt(Array.from(x).reduce((sum, v) => sum + v * v, 0))

/** |b - A x| / |b|, computed here. */
export function residualOf({ rows, indptr, indices, values }: CSR, x: ArrayLike<number>, b: ArrayLike<number>): number {
  const r = Array.from({ length: rows }, (_, i) => {
    let sum = b[i]
    for (let k = indptr[i]; k < indptr[i + 1]; k++) sum -= values[k] * x[indices[k]]
    return sum
  })
  return norm(r) / norm(b)
}
