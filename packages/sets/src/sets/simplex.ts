import { number, options as optionsOf } from '@opt/core'
import { activeSet } from './active-set.ts'
import { type ConvexSet, checkDimension, convexSet, finiteDiameter } from './convex-set.ts'
import { simplexThreshold } from './simplex-threshold.ts'

/** Options of {@link simplex}. */
export interface SimplexOptions {
  dimension: number
  /** The sum of the entries. Default 1. */
  total?: number
}

/** A simplex with its total. */
export interface Simplex extends ConvexSet {
  readonly kind: 'simplex'
  readonly total: number
}

/**
 * The simplex x >= 0, sum x = total; its diameter is total sqrt 2 (0 in one dimension).
 *
 * @throws RangeError when the dimension is not a positive integer or the total is not positive.
 */
export function simplex(options: SimplexOptions): Simplex {
  const { dimension, total = 1 } = optionsOf(options, 'simplex: options', ['dimension', 'total'])
  checkDimension(dimension, 'simplex: dimension')
  number(total, 'simplex: total', { positive: true })
  const scratch = new Float64Array(dimension)
  const project = (y: Float64Array) => {
    const { top, threshold } = simplexThreshold(y, total, scratch)
    for (let i = 0; i < dimension; i++) y[i] = Math.max(y[i] - top - threshold, 0)
  }
  const zeros = new Float64Array(dimension)
  const projectInMetric = activeSet(zeros, new Float64Array(dimension).fill(Infinity), true)
  return {
    ...convexSet({
      kind: 'simplex',
      diameter: finiteDiameter(dimension === 1 ? 0 : total * Math.SQRT2, 'simplex'),
      center: zeros.slice().fill(total / dimension),
      excess: (x) => {
        const sum = x.reduce((s, v) => s + v, 0)
        return x.reduce((worst, v) => Math.max(worst, -v), Math.abs(sum - total))
      },
      supportAt: (g, unit) => (total / unit) * g.reduce((top, v) => Math.max(top, v)),
      isInside: () => false,
      projectInPlace: project,
      projectMetricInPlace: (y, L) => projectInMetric(y, project, L),
    }),
    kind: 'simplex',
    total,
  }
}
