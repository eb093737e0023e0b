import { refuse } from '@opt/core'
import { largest } from '../linear/vectors.ts'
import { type BallOptions, centerAndRadius } from './ball.ts'
import { type ConvexSet, convexSet, finiteDiameter } from './convex-set.ts'
import { simplexThreshold } from './simplex-threshold.ts'

/** Numbers above are halved, so that no difference overflows. */
const HUGE = 8e307

/**
 * The l1 ball sum |x_i - center_i| <= radius; its diameter is twice the radius. It has no metric
 * projection.
 *
 * @throws RangeError when the radius is not positive or its double overflows, or neither dimension
 * nor centre is given.
 */
export function l1Ball(options: BallOptions): ConvexSet {
  const { c, radius } = centerAndRadius(options, 'l1Ball')
  const n = c.length
  const sizes = new Float64Array(n)
  const scratch = new Float64Array(n)

  /**
   * Writes |y - c| into `sizes`, all times `unit`; returns their sum less the radius, in the same
   * unit.
   */
  const excess = (y: Float64Array, unit: number) => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += sizes[i] = Math.abs(unit * y[i] - unit * c[i])
    return sum - unit * radius
  }
  const unitOf = (y: Float64Array) => (Math.max(largest(y), largest(c)) > HUGE ? 0.5 : 1)

  return convexSet({
    kind: 'l1Ball',
    diameter: finiteDiameter(2 * radius, 'l1Ball'),
    center: c,
    excess: (x) => excess(x, 1),
    supportAt: (g, unit) => {
      let sum = 0
      for (let i = 0; i < n; i++) sum += (c[i] / unit) * g[i]
      return sum + (radius / unit) * largest(g)
    },
    isInside: (y) => excess(y, 1) <= 0,
    projectInPlace(y) {
      const unit = unitOf(y)
      if (excess(y, unit) <= 0) return
      const { top, threshold } = simplexThreshold(sizes, unit * radius, scratch)
      for (let i = 0; i < n; i++) {
        const size = sizes[i] - top - threshold
        if (!(size > 0)) y[i] = c[i]
        else y[i] = y[i] < c[i] ? c[i] - size / unit : c[i] + size / unit
      }
    },
    projectMetricInPlace: () => refuse('l1Ball.projectMetric: set', 'one with a metric projection', 'an l1 ball'),
  })
}
