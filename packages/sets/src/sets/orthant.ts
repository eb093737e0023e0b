import { options as optionsOf } from '@opt/core'
import { activeSet } from './active-set.ts'
import { type ConvexSet, checkDimension, convexSet } from './convex-set.ts'

/** Options of {@link orthant}. */
export interface OrthantOptions {
  dimension: number
}

/**
 * The nonnegative orthant x >= 0.
 *
 * @throws RangeError when the dimension is not a positive integer.
 */
export function orthant(options: OrthantOptions): ConvexSet {
  const { dimension } = optionsOf(options, 'orthant: options', ['dimension'])
  checkDimension(dimension, 'orthant: dimension')
  const zeros = new Float64Array(dimension)
  const clip = (y: Float64Array) => {
    for (let i = 0; i < dimension; i++) if (y[i] < 0) y[i] = 0
  }
  const isInside = (y: Float64Array) => y.every((v) => v >= 0)
  const projectOutside = activeSet(zeros, zeros.slice().fill(Infinity), false)
  return convexSet({
    kind: 'orthant',
    diameter: Infinity,
    center: zeros,
    excess: (x) => x.reduce((worst, v) => Math.max(worst, -v), 0),
    supportAt: (g) => (g.every((v) => v <= 0) ? 0 : Infinity),
    isInside,
    projectInPlace: clip,
    projectMetricInPlace(y, L) {
      if (!isInside(y)) projectOutside(y, clip, L)
    },
  })
}
