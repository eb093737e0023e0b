import { number, options as optionsOf } from '@opt/core'
import { activeSet } from './active-set.ts'
import { checkDimension, type Domain, domainOf } from './domain.ts'

/** Options of {@link simplex}. */
export interface SimplexOptions {
  dimension: number
  /** The sum of the entries. Default 1. */
  total?: number
}

/** A simplex with its total. */
export interface Simplex extends Domain {
  readonly kind: 'simplex'
  readonly total: number
}

/**
 * The simplex x >= 0, sum x = total; its diameter is total sqrt 2 (0 in one dimension).
 *
 * @throws RangeError when the dimension is not a positive integer or the total is not positive.
 */
export function simplex(options: SimplexOptions): Simplex {
  const { dimension, total = 1 } = optionsOf(options, 'simplex: options')
  checkDimension(dimension, 'simplex: dimension')
  number(total, 'simplex: total', { positive: true })
  const sorted = new Float64Array(dimension)

  /** Finds the threshold by sorting (Held, Wolfe and Crowder, 1974), with entries relative to the largest. */
  const project = (y: Float64Array) => {
    sorted.set(y)
    sorted.sort()
    const top = sorted[dimension - 1]
    let sum = 0
    let threshold = 0
    for (let k = 1; k <= dimension; k++) {
      const u = sorted[dimension - k] - top
      sum += u
      const t = (sum - total) / k
      if (!(u > t)) break
      threshold = t
    }
    for (let i = 0; i < dimension; i++) y[i] = Math.max(y[i] - top - threshold, 0)
  }
  const zeros = new Float64Array(dimension)
  const projectInMetric = activeSet(zeros, new Float64Array(dimension).fill(Infinity), true)
  return {
    ...domainOf({
      kind: 'simplex',
      diameter: dimension === 1 ? 0 : total * Math.SQRT2,
      center: zeros.slice().fill(total / dimension),
      excess: (x) => {
        const sum = x.reduce((s, v) => s + v, 0)
        return x.reduce((worst, v) => Math.max(worst, -v), Math.abs(sum - total))
      },
      isInside: () => false,
      projectInPlace: project,
      projectMetricInPlace: (y, L) => projectInMetric(y, project, L),
    }),
    kind: 'simplex',
    total,
  }
}
