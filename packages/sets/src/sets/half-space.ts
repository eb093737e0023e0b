import { number, options as optionsOf, refuse, type VectorLike, vectorCopy } from '@opt/core'
import { type ConvexSet, checkDimension, convexSet } from './convex-set.ts'
import { isSpanned, orthogonal, projectOnPlanes, projectOnPlanesInMetric, signedDistance } from './planes.ts'

/** Options of {@link halfSpace}. */
export interface HalfSpaceOptions {
  normal: VectorLike
  offset: number
}

/**
 * The half-space <normal, x> <= offset.
 *
 * @throws RangeError when the normal is zero, or the distance offset / ||normal|| overflows.
 */
export function halfSpace(options: HalfSpaceOptions): ConvexSet {
  const { normal, offset } = optionsOf(options, 'halfSpace: options', ['normal', 'offset'])
  const row = vectorCopy(normal, 'halfSpace: normal')
  checkDimension(row.length, 'halfSpace: normal.length')
  number(offset, 'halfSpace: offset')
  if (row.every((v) => v === 0)) refuse('halfSpace: normal', 'nonzero', 'zeros')
  const planes =
    orthogonal([row], Float64Array.of(offset)) ??
    refuse('halfSpace: offset', 'at a finite distance, offset / ||normal||', String(offset))
  const {
    Q: [q],
    c: [distance],
  } = planes
  const excess = (x: Float64Array) => signedDistance(planes, 0, x)
  const part = new Float64Array(1)
  return convexSet({
    kind: 'halfSpace',
    diameter: Infinity,
    center: q.map((v) => (distance < 0 ? distance * v : 0)),
    excess,
    supportAt: (g, unit) => (isSpanned(planes, g, part) && part[0] >= 0 ? part[0] * (distance / unit) : Infinity),
    isInside: (y) => excess(y) <= 0,
    projectInPlace(y) {
      if (excess(y) > 0) projectOnPlanes(planes, y)
    },
    projectMetricInPlace(y, L) {
      if (excess(y) > 0) projectOnPlanesInMetric(planes, y, L)
    },
  })
}
