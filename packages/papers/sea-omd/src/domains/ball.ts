import { number, options, refuse, type VectorLike, vectorCopy } from '@opt/core'
import { direction, distance, inner, isExact, LONG, squaredDistance, VectorSpace } from '../linear/vectors.ts'
import { type Domain, domainOf, takeDimension } from './domain.ts'
import { secular } from './secular.ts'

/** Options of {@link ball}: a centre says the dimension too. */
export interface BallOptions {
  dimension?: number
  /** Default 1. */
  radius?: number
  /** Default: the origin. */
  center?: VectorLike
}

/**
 * The Euclidean ball ||x - center|| <= radius; its diameter is twice the radius.
 *
 * @throws RangeError when the radius is not positive or its double overflows, or neither dimension nor centre is given.
 */
export function ball(given: BallOptions): Domain {
  const { dimension, radius = 1, center } = options(given, 'ball: options')
  number(radius, 'ball: radius', { positive: true })
  if (dimension === undefined && center === undefined)
    refuse('ball: dimension', 'given when center is not', 'undefined')
  if (dimension !== undefined) takeDimension(dimension, 'ball: dimension')
  const c =
    center !== undefined
      ? vectorCopy(center, 'ball: center', dimension === undefined ? {} : { length: dimension })
      : new Float64Array(dimension!)
  const space = new VectorSpace(c.length, 3)
  const [middle, away, edge] = [space.copy(c), space.zeros(), space.zeros()]
  const metricProjection = secular(c, radius)
  const plain = isExact(radius * radius)

  /** Where squares say nothing: lengths relative to the largest entry. */
  const projectFar = (y: Float64Array) => {
    const half = direction(y, c, away)
    const length = Math.sqrt(inner(away, away))
    if (half * length <= radius / 2) return
    for (let i = 0; i < y.length; i++) y[i] = c[i] + (radius / length) * away[i]
  }
  return domainOf({
    kind: 'ball',
    diameter: 2 * radius,
    center: c,
    excess: (x) => distance(x, c) - radius,
    isInside: (y) => (plain ? squaredDistance(y, c) <= radius * radius : distance(y, c) <= radius),
    projectInPlace(y) {
      if (y.length < LONG) {
        const square = squaredDistance(y, c)
        if (plain && square <= radius * radius) return
        if (!plain || !isExact(square)) return projectFar(y)
        const scale = radius / Math.sqrt(square)
        for (let i = 0; i < y.length; i++) y[i] = c[i] + scale * (y[i] - c[i])
        return
      }
      away.set(y)
      space.descend(away, 1, middle, away)
      const square = space.inner(away, away)
      if (plain && square <= radius * radius) return
      if (!plain || !isExact(square)) return projectFar(y)
      space.descend(middle, -radius / Math.sqrt(square), away, edge)
      y.set(edge)
    },
    projectMetricInPlace(y, L) {
      if (distance(y, c) > radius) metricProjection(y, L)
    },
  })
}
