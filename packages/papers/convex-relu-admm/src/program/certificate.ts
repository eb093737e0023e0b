import { dot } from '@opt/core'
import type { Loss } from './losses.ts'

/** Returns ||x||, scaled so that no square under- or overflows. */
export function safeNorm(x: Float64Array): number {
  let high = 0
  for (const v of x) high = Math.max(high, Math.abs(v))
  if (high === 0) return 0
  let sum = 0
  for (const v of x) sum += (v / high) * (v / high)
  return high * Math.sqrt(sum)
}

function rowNorm(x: Float64Array, i: number, d: number): number {
  let sum = 0
  for (let k = i * d; k < (i + 1) * d; k++) sum += x[k] * x[k]
  return Math.sqrt(sum)
}

/** Returns the sum of the norms of the rows of a matrix with d columns. */
export function sumOfNorms(x: Float64Array, d: number): number {
  let sum = 0
  for (let i = 0; i < x.length / d; i++) sum += rowNorm(x, i, d)
  return sum
}

/** Returns the largest norm of a row of a matrix with d columns. */
export function largestNorm(x: Float64Array, d: number): number {
  let largest = 0
  for (let i = 0; i < x.length / d; i++) largest = Math.max(largest, rowNorm(x, i, d))
  return largest
}

/** Returns the largest s <= 1 that scales a number of this size down to the limit. */
export const scaleWithin = (size: number, limit: number): number => (size <= limit ? 1 : limit / size)

/**
 * Returns the dual bound -loss*(s g) of scaled multipliers, s <= limit. For the squared loss it is a
 * parabola in s, and s is its highest point.
 */
export function scaledBound(loss: Loss, g: Float64Array, y: Float64Array, limit: number): number {
  let s = limit
  if (loss.name === 'squared') {
    let slope = 0
    for (let k = 0; k < y.length; k++) slope -= y[k] * g[k]
    s = parabolaTop(slope, dot(g, g), limit)
  }
  let sum = 0
  for (let k = 0; k < y.length; k++) sum += loss.bound(s * g[k], y[k])
  return sum
}

/** Returns the s in [0, limit] at which s slope - s^2 square / 2 is highest. */
export const parabolaTop = (slope: number, square: number, limit: number): number =>
  square > 0 ? Math.max(0, Math.min(limit, slope / square)) : limit
