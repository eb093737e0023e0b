import { options as optionsOf, refuse, show, type VectorLike, vector, vectorCopy } from '@opt/core'
import { distance } from '../linear/vectors.ts'
import { activeSet } from './active-set.ts'
import { type ConvexSet, checkDimension, checkSet, convexSet, finiteDiameter } from './convex-set.ts'

/**
 * Options of {@link box}: bounds as vectors, or as numbers for all coordinates (then with a
 * dimension).
 */
export interface BoxOptions {
  dimension?: number
  /** Default -1. */
  lower?: number | VectorLike
  /** Default 1. */
  upper?: number | VectorLike
}

/** A box with its bounds. */
export interface Box extends ConvexSet {
  readonly kind: 'box'
  /** Returns a fresh copy of the lower bounds. */
  lower(): Float64Array
  /** Returns a fresh copy of the upper bounds. */
  upper(): Float64Array
}

/** Checks that a set is a box, and returns its bounds. */
export function checkBounds(set: Box, label: string): [lower: Float64Array, upper: Float64Array] {
  const { kind, dimension } = checkSet(set, label)
  if (kind !== 'box' || typeof set.lower !== 'function' || typeof set.upper !== 'function')
    refuse(label, 'a box', `a ${show(kind).replaceAll('"', '')}`)
  const rule = { length: dimension }
  return [vector(set.lower(), `${label}.lower()`, rule), vector(set.upper(), `${label}.upper()`, rule)]
}

/**
 * The box lower <= x <= upper; lower[i] may equal upper[i].
 *
 * @throws RangeError when lower[i] > upper[i], the diameter overflows, or the sizes do not fit.
 */
export function box(options: BoxOptions): Box {
  const { dimension, lower = -1, upper = 1 } = optionsOf(options, 'box: options', ['dimension', 'lower', 'upper'])
  const n =
    dimension ??
    [lower, upper]
      .map((side) => (typeof side === 'number' ? undefined : vectorCopy(side, 'box: side').length))
      .find((length) => length !== undefined)
  if (n === undefined) refuse('box: dimension', 'given when lower and upper are numbers', 'undefined')
  checkDimension(n, 'box: dimension')
  const side = (bound: number | VectorLike, label: string) =>
    vectorCopy(typeof bound === 'number' ? new Float64Array(n).fill(bound) : bound, label, { length: n })
  const lo = side(lower, 'box: lower')
  const hi = side(upper, 'box: upper')
  for (let i = 0; i < n; i++)
    if (lo[i] > hi[i]) refuse(`box: lower[${i}]`, `at most upper[${i}] = ${hi[i]}`, `${lo[i]}`)

  const clip = (y: Float64Array) => {
    for (let i = 0; i < n; i++) {
      if (y[i] < lo[i]) y[i] = lo[i]
      else if (y[i] > hi[i]) y[i] = hi[i]
    }
  }
  const isInside = (y: Float64Array) => {
    for (let i = 0; i < n; i++) if (y[i] < lo[i] || y[i] > hi[i]) return false
    return true
  }
  const projectOutside = activeSet(lo, hi, false)
  return {
    ...convexSet({
      kind: 'box',
      diameter: finiteDiameter(distance(hi, lo), 'box'),
      center: lo.map((l, i) => l / 2 + hi[i] / 2),
      excess: (x) => x.reduce((worst, v, i) => Math.max(worst, lo[i] - v, v - hi[i]), 0),
      supportAt: (g, unit) => {
        let sum = 0
        for (let i = 0; i < n; i++) if (g[i] !== 0) sum += ((g[i] > 0 ? hi[i] : lo[i]) / unit) * g[i]
        return sum
      },
      isInside,
      projectInPlace: clip,
      projectMetricInPlace(y, L) {
        if (!isInside(y)) projectOutside(y, clip, L)
      },
    }),
    kind: 'box',
    lower: () => lo.slice(),
    upper: () => hi.slice(),
  }
}
