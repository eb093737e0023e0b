import type { MatrixLike, VectorLike } from '@opt/core'
import { boundedMatrix, boundedVector, length } from '../range.ts'

/** A two-layer ReLU network. */
export interface Network {
  m: number
  d: number
  W: Float64Array
  a: Float64Array
  /** |w_j|. */
  norms: Float64Array
}

export function network(given: MatrixLike, output: VectorLike): Network {
  const { data: W, rows: m, columns: d } = boundedMatrix(given, 'W')
  const a = boundedVector(output, 'a', m)
  const norms = Float64Array.from({ length: m }, (_, j) => length(W, j * d, d))
  return { m, d, W, a, norms }
}

export function inputs(X: MatrixLike, { d }: Network): { data: Float64Array; n: number } {
  const { data, rows } = boundedMatrix(X, 'X', d)
  return { data, n: rows }
}

export function pathNormOf({ a, norms }: Network): number {
  return a.reduce((sum, out, j) => sum + Math.abs(out) * norms[j], 0)
}

/** c_j and e_j of each unit. */
export function unitScales(
  { data: X, n }: { data: Float64Array; n: number },
  { m, d, W, norms }: Network,
): { c: Float64Array; e: Float64Array } {
  const c = new Float64Array(m)
  const e = new Float64Array(m)
  for (let i = 0; i < n; i++) {
    const square = product(X, i * d, X, i * d, d)
    for (let j = 0; j < m; j++) {
      const s = product(X, i * d, W, j * d, d)
      if (!(s > 0)) continue
      c[j] += ((s / norms[j]) * (s / norms[j])) / n
      e[j] += square / n
    }
  }
  return { c: c.map((square) => Math.sqrt(square)), e: e.map((square) => Math.sqrt(square)) }
}

/** The product of d entries of x and y. */
export function product(x: Float64Array, from: number, y: Float64Array, at: number, d: number): number {
  let sum = 0
  for (let k = 0; k < d; k++) sum += x[from + k] * y[at + k]
  return sum
}
