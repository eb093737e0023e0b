import { dot, norm } from '@opt/core'

/** A unit vector's remainder shorter than this is rounding error. */
const ZERO = 1e-10

/** The rows of a matrix in coordinates of the space they span. */
export interface RowSpace {
  rank: number
  /** Orthonormal, `rank` vectors of length d. */
  basis: Float64Array[]
  /** For every row a unit vector of `rank` coordinates, null for a zero row. */
  rows: (Float64Array | null)[]
  /** The first row of each direction, opposite rows counted as one. */
  directions: Float64Array[]
}

/** Scales x to length 1 without under- or overflow; returns false for a zero vector. */
function normalize(x: Float64Array): boolean {
  let high = 0
  for (const v of x) high = Math.max(high, Math.abs(v))
  if (high === 0) return false
  for (let j = 0; j < x.length; j++) x[j] /= high
  const length = norm(x)
  for (let j = 0; j < x.length; j++) x[j] /= length
  return true
}

/** Subtracts the components along orthonormal vectors from x, twice against rounding; returns the remaining length. */
function orthogonalize(x: Float64Array, basis: Float64Array[]): number {
  for (let pass = 0; pass < 2; pass++)
    for (const q of basis) {
      const c = dot(q, x)
      for (let j = 0; j < x.length; j++) x[j] -= c * q[j]
    }
  return norm(x)
}

/** Returns an orthonormal basis of the span of unit rows, by Gram-Schmidt with the longest remainder first. */
function basisOf(rows: Float64Array[], size: number): Float64Array[] {
  const basis: Float64Array[] = []
  const left = rows.map((row) => row.slice())
  while (basis.length < size) {
    let best = -1
    let length = ZERO
    for (const [i, x] of left.entries()) {
      const now = orthogonalize(x, basis.slice(-1))
      if (now > length) [best, length] = [i, now]
    }
    if (best < 0) break
    const q = left[best].slice()
    orthogonalize(q, basis)
    normalize(q)
    basis.push(q)
  }
  return basis
}

const parallel = (x: Float64Array, y: Float64Array): boolean => {
  const c = dot(x, y)
  let square = 0
  for (let j = 0; j < x.length; j++) square += (x[j] - c * y[j]) * (x[j] - c * y[j])
  return square < ZERO * ZERO
}

/** Normalises the rows of X (n x d, row-major) and expresses them in an orthonormal basis of their span. */
export function rowSpace(X: Float64Array, n: number, d: number): RowSpace {
  const unit = Array.from({ length: n }, (_, i) => X.slice(i * d, (i + 1) * d)).map((x) => (normalize(x) ? x : null))
  const nonzero = unit.filter((x) => x !== null)
  const basis = basisOf(nonzero, d)
  const rows = unit.map((x) => {
    if (!x) return null
    const coordinates = Float64Array.from(basis, (q) => dot(q, x))
    normalize(coordinates)
    return coordinates
  })
  const directions: Float64Array[] = []
  for (const row of rows) if (row && !directions.some((known) => parallel(known, row))) directions.push(row)
  return { rank: basis.length, basis, rows, directions }
}

/** Returns an orthonormal basis of the vectors orthogonal to a unit vector: r - 1 vectors of length r. */
export function complement(x: Float64Array): Float64Array[] {
  const basis = [x]
  const axes = Array.from({ length: x.length }, (_, k) => Float64Array.from(x, (_v, j) => (j === k ? 1 : 0)))
  while (basis.length < x.length) {
    let best = axes[0]
    let length = -1
    for (const axis of axes) {
      const rest = axis.slice()
      const now = orthogonalize(rest, basis)
      if (now > length) [best, length] = [rest, now]
    }
    normalize(best)
    basis.push(best)
  }
  return basis.slice(1)
}
