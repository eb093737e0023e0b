import { type MatrixLike, matrix, options as optionsOf, refuse, type VectorLike, vectorCopy } from '@opt/core'
import { type ConvexSet, checkDimension, convexSet } from './convex-set.ts'
import { isSpanned, orthogonal, projectOnPlanes, projectOnPlanesInMetric, signedDistance } from './planes.ts'

/** Options of {@link affineSet}. */
export interface AffineSetOptions {
  /** One equation a row; rows may depend on each other. */
  A: MatrixLike
  b: VectorLike
}

/**
 * The affine set A x = b. Its metric projections allocate.
 *
 * @throws RangeError when A x = b has no solution.
 */
export function affineSet(options: AffineSetOptions): ConvexSet {
  const { A, b } = optionsOf(options, 'affineSet: options', ['A', 'b'])
  const { data, shape } = matrix(A, 'affineSet: A')
  const [m, n] = shape
  checkDimension(n, 'affineSet: A.columns')
  const right = vectorCopy(b, 'affineSet: b', { length: m })
  const rows = Array.from({ length: m }, (_, k) => data.slice(k * n, (k + 1) * n))
  const planes = orthogonal(rows, right) ?? refuse('affineSet: b', 'such that A x = b has a solution', 'another')
  const center = new Float64Array(n)
  projectOnPlanes(planes, center)
  const parts = new Float64Array(planes.c.length)
  const isFixed = planes.c.length === n
  return convexSet({
    kind: 'affineSet',
    diameter: isFixed ? 0 : Infinity,
    center,
    excess: (x) => planes.Q.reduce((worst, _, k) => Math.max(worst, Math.abs(signedDistance(planes, k, x))), 0),
    supportAt: (g, unit) =>
      isSpanned(planes, g, parts) ? parts.reduce((sum, t, k) => sum + t * (planes.c[k] / unit), 0) : Infinity,
    isInside: () => false,
    projectInPlace: (y) => projectOnPlanes(planes, y),
    projectMetricInPlace: (y, L) => projectOnPlanesInMetric(planes, y, L),
  })
}
