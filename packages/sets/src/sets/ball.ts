import { number, options as optionsOf, refuse, type VectorLike, vectorCopy } from '@opt/core'
import { direction, distance, inner, isExact, LONG, length, squaredDistance, VectorSpace } from '../linear/vectors.ts'
import { type ConvexSet, checkDimension, convexSet, finiteDiameter } from './convex-set.ts'
import { secular } from './secular.ts'

/** Options of a ball: dimension or center. */
export interface BallOptions {
  dimension?: number
  /** Default 1. */
  radius?: number
  /** Default: the origin of `dimension` dimensions. */
  center?: VectorLike
}

/** Checks the options of a ball of some norm. */
export function centerAndRadius(options: BallOptions, name: string): { c: Float64Array; radius: number } {
  const { dimension, radius = 1, center } = optionsOf(options, `${name}: options`, ['dimension', 'radius', 'center'])
  number(radius, `${name}: radius`, { positive: true })
  if (dimension === undefined && center === undefined)
    refuse(`${name}: dimension`, 'given when center is not', 'undefined')
  if (dimension !== undefined) checkDimension(dimension, `${name}: dimension`)
  const c =
    center === undefined ? new Float64Array(dimension!) : vectorCopy(center, `${name}: center`, { length: dimension })
  return { c, radius }
}

/**
 * The Euclidean ball ||x - center|| <= radius; its diameter is twice the radius.
 *
 * @throws RangeError when the radius is not positive or its double overflows, or neither dimension
 * nor centre is given.
 */
export function ball(options: BallOptions): ConvexSet {
  const { c, radius } = centerAndRadius(options, 'ball')
  const space = new VectorSpace(c.length, 3)
  const middle = space.copy(c)
  const away = space.zeros()
  const edge = space.zeros()
  const projectOutside = secular(c, radius)
  const hasSquare = isExact(radius * radius)
  const isNear = (square: number) => hasSquare && square <= radius * radius

  /** Projects where squares over- or underflow: with lengths relative to the largest entry. */
  const projectFar = (y: Float64Array) => {
    const half = direction(y, c, away)
    const length = Math.sqrt(inner(away, away))
    if (half * length <= radius / 2) return
    for (let i = 0; i < y.length; i++) y[i] = c[i] + (radius / length) * away[i]
  }
  const projectShort = (y: Float64Array) => {
    const square = squaredDistance(y, c)
    if (isNear(square)) return
    if (!hasSquare || !isExact(square)) return projectFar(y)
    const scale = radius / Math.sqrt(square)
    for (let i = 0; i < y.length; i++) y[i] = c[i] + scale * (y[i] - c[i])
  }
  const projectLong = (y: Float64Array) => {
    away.set(y)
    space.descend(away, 1, middle, away)
    const square = space.inner(away, away)
    if (isNear(square)) return
    if (!hasSquare || !isExact(square)) return projectFar(y)
    space.descend(middle, -radius / Math.sqrt(square), away, edge)
    y.set(edge)
  }
  return convexSet({
    kind: 'ball',
    diameter: finiteDiameter(2 * radius, 'ball'),
    center: c,
    excess: (x) => distance(x, c) - radius,
    supportAt: (g, unit) => {
      let sum = 0
      for (let i = 0; i < g.length; i++) sum += (c[i] / unit) * g[i]
      return sum + (radius / unit) * length(g)
    },
    isInside: (y) => (hasSquare ? isNear(squaredDistance(y, c)) : distance(y, c) <= radius),
    projectInPlace: c.length < LONG ? projectShort : projectLong,
    projectMetricInPlace(y, L) {
      if (distance(y, c) > radius) projectOutside(y, L)
    },
  })
}
