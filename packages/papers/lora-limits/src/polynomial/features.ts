import type { MatrixView } from '@opt/core'
import type { Monomials } from './monomials.ts'

/** Writes n tokens from `start` on as columns: z has a row for each variable. */
export function toColumns(data: Float64Array, start: number, n: number, { data: z, rows, stride }: MatrixView): void {
  for (let j = 0; j < n; j++) for (let v = 0; v < rows; v++) z[v * stride + j] = data[(start + j) * rows + v]
}

/** Adds factor times the columns of z to n tokens from `start` on. */
export function addColumns({ data: z, rows, stride }: MatrixView, n: number, data: Float64Array, start: number): void {
  for (let j = 0; j < n; j++) for (let v = 0; v < rows; v++) data[(start + j) * rows + v] += z[v * stride + j]
}

/** Writes the monomials of n tokens, a row each: one multiplication for each entry. */
export function evaluateMonomials(
  { count, parent, variable }: Monomials,
  n: number,
  z: MatrixView,
  phi: MatrixView,
): void {
  const { data, stride } = phi
  data.fill(1, 0, n)
  for (let a = 1; a < count; a++) {
    const [to, from, factor] = [a * stride, parent[a] * stride, variable[a] * z.stride]
    for (let j = 0; j < n; j++) data[to + j] = data[from + j] * z.data[factor + j]
  }
}

/** Adds to dz the gradient of the variables, given that of the monomials, which is overwritten. */
export function backpropagateMonomials(
  { count, parent, variable }: Monomials,
  n: number,
  z: MatrixView,
  { data: phi, stride }: MatrixView,
  { data: gradient }: MatrixView,
  { data: dz }: MatrixView,
): void {
  for (let a = count - 1; a > 0; a--) {
    const [child, above, factor] = [a * stride, parent[a] * stride, variable[a] * z.stride]
    for (let j = 0; j < n; j++) {
      const g = gradient[child + j]
      gradient[above + j] += g * z.data[factor + j]
      dz[factor + j] += g * phi[above + j]
    }
  }
}
