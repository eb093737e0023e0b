import { dot, type Matrix, nrm2 } from '@opt/core'

/** A x. */
export function times({ data, shape }: Matrix, x: Float64Array): Float64Array {
  const [m, n] = shape as [number, number]
  return Float64Array.from({ length: m }, (_, i) => dot(data.subarray(i * n, (i + 1) * n), x))
}

/** A row that has less than this share of the longest row left is a combination of the others. */
const RANK_TOLERANCE = 1e-11

/** An orthonormal basis of the row space: Gram-Schmidt with pivoting, every projection taken twice. */
export function rowSpace({ data, shape }: Matrix): Float64Array[] {
  const [m, n] = shape as [number, number]
  const rows = Array.from({ length: m }, (_, i) => data.slice(i * n, (i + 1) * n))
  const basis: Float64Array[] = []
  let longest = 0
  while (rows.length > 0 && basis.length < n) {
    const lengths = rows.map((row) => nrm2(row))
    const pivot = lengths.reduce((best, length, i) => (length > lengths[best] ? i : best), 0)
    if (basis.length === 0) longest = lengths[pivot]
    if (!(lengths[pivot] > RANK_TOLERANCE * longest)) break
    const [unit] = rows.splice(pivot, 1)
    // The second time removes what rounding left.
    scale(unit, 1 / lengths[pivot])
    for (const one of basis) remove(unit, one)
    scale(unit, 1 / nrm2(unit))
    for (const row of rows) remove(row, unit)
    basis.push(unit)
  }
  return basis
}

/** The length of the projection of v on the span of an orthonormal basis. */
export const project = (basis: Float64Array[], v: Float64Array): number => nrm2(basis.map((one) => dot(one, v)))

function remove(row: Float64Array, unit: Float64Array): void {
  const along = dot(row, unit)
  for (let j = 0; j < row.length; j++) row[j] -= along * unit[j]
}

function scale(row: Float64Array, factor: number): void {
  for (let j = 0; j < row.length; j++) row[j] *= factor
}
