import { solveTransposed, solveTriangle, type Triangle } from '../linear/triangle.ts'
import { inner, largest, length, powerOfTwoNear } from '../linear/vectors.ts'

/** Below this part of its length a row, or what is left of it, counts as zero. */
const DEPENDENT = 1e-12
/**
 * The right sides of dependent rows may contradict each other by this much, relative to the
 * largest.
 */
const CONTRADICTION = 1e-9

/** Hyperplanes <q_k, x> = c_k with orthonormal normals. */
export interface Planes {
  Q: Float64Array[]
  c: Float64Array
}

/**
 * Returns orthogonal planes with the intersection of the planes <rows_k, x> = right_k, by modified
 * Gram-Schmidt with pivoting, twice; undefined when the intersection is empty or beyond the range
 * of numbers. Overwrites both.
 */
export function orthogonal(rows: Float64Array[], right: Float64Array): Planes | undefined {
  for (const [k, row] of rows.entries()) {
    const top = largest(row)
    if (top === 0) {
      if (right[k] !== 0) return undefined
      continue
    }
    for (let i = 0; i < row.length; i++) row[i] /= top
    const size = length(row)
    for (let i = 0; i < row.length; i++) row[i] /= size
    right[k] = right[k] / top / size
    if (!Number.isFinite(right[k])) return undefined
  }
  const left = [...rows.keys()]
  const Q: Float64Array[] = []
  const c: number[] = []
  const remove = (k: number, q: Float64Array, value: number) => {
    const part = inner(rows[k], q)
    for (let i = 0; i < q.length; i++) rows[k][i] -= part * q[i]
    right[k] -= part * value
  }
  while (left.length > 0) {
    const sizes = left.map((k) => inner(rows[k], rows[k]))
    const place = sizes.indexOf(Math.max(...sizes))
    if (!(sizes[place] > DEPENDENT * DEPENDENT)) break
    const [k] = left.splice(place, 1)
    Q.forEach((q, j) => {
      remove(k, q, c[j])
    })
    const q = rows[k]
    const size = length(q)
    for (let i = 0; i < q.length; i++) q[i] /= size
    Q.push(q)
    c.push(right[k] / size)
    for (const other of left) remove(other, q, right[k] / size)
  }
  const scale = largest(Float64Array.from(c))
  if (left.some((k) => !(Math.abs(right[k]) <= CONTRADICTION * scale))) return undefined
  return { Q, c: Float64Array.from(c) }
}

/** The unit in which distances from planes do not overflow. */
const unitOf = (c: Float64Array, y: Float64Array) => powerOfTwoNear(Math.max(largest(y), largest(c)))

/** <q, y> - c, in a unit. */
function gap(q: Float64Array, c: number, y: Float64Array, unit: number): number {
  let sum = 0
  for (let i = 0; i < q.length; i++) sum += q[i] * (y[i] / unit)
  return sum - c / unit
}

/** Returns the signed distance of y from the plane k. */
export function signedDistance({ Q, c }: Planes, k: number, y: Float64Array): number {
  const unit = unitOf(c, y)
  return unit * gap(Q[k], c[k], y, unit)
}

/** Moves y to its nearest point on all planes. */
export function projectOnPlanes({ Q, c }: Planes, y: Float64Array): void {
  const unit = unitOf(c, y)
  for (let i = 0; i < y.length; i++) y[i] /= unit
  for (let k = 0; k < Q.length; k++) {
    const t = gap(Q[k], c[k] / unit, y, 1)
    for (let i = 0; i < y.length; i++) y[i] -= t * Q[k][i]
  }
  for (let i = 0; i < y.length; i++) y[i] *= unit
}

/**
 * Moves y to its nearest point on all planes in the metric L'L. The normals of e = L (x - y) are
 * L^-T q_k.
 */
export function projectOnPlanesInMetric({ Q, c }: Planes, y: Float64Array, L: Triangle): void {
  const unit = unitOf(c, y)
  const normals = Q.map((q) => {
    const normal = q.slice()
    solveTransposed(L, normal)
    return normal
  })
  const planes = orthogonal(
    normals,
    c.map((value, k) => -gap(Q[k], value, y, unit)),
  )
  const e = new Float64Array(y.length)
  planes?.Q.forEach((q, k) => {
    for (let i = 0; i < e.length; i++) e[i] += planes.c[k] * q[i]
  })
  solveTriangle(L, e)
  for (let i = 0; i < y.length; i++) y[i] = unit * (y[i] / unit + e[i])
  // Rounding and a metric of wild condition leave y beside the planes.
  projectOnPlanes({ Q, c }, y)
}

/** Directions this close to the span of the normals, relative, count as in it. */
const PARALLEL = 1e-12

/**
 * Writes the parts of g along the normals into t.
 *
 * @returns whether g is in their span.
 */
export function isSpanned({ Q }: Planes, g: Float64Array, t: Float64Array): boolean {
  const rest = g.slice()
  Q.forEach((q, k) => {
    t[k] = inner(q, rest)
    for (let i = 0; i < rest.length; i++) rest[i] -= t[k] * q[i]
  })
  return length(rest) <= PARALLEL * length(g)
}
