import type { Axis, Series } from '@opt/core'
import { showable } from './axis.ts'

/** A point of a series; a value that its axis cannot show is NaN. */
export interface Point {
  x: number | string
  y: number
  low: number
  high: number
}

export function pointsOf(series: Series, axis: Axis): Point[] {
  const value = (values: ArrayLike<number> | undefined, i: number) => {
    const number = values?.[i] ?? NaN
    return showable(axis, number) ? number : NaN
  }
  return Array.from({ length: series.y.length }, (_, i) => ({
    x: (series.x as ArrayLike<number | string>)[i] ?? i,
    y: value(series.y, i),
    low: value(series.low, i),
    high: value(series.high, i),
  }))
}

/** Thins a long curve to the lowest and the highest point in each of `buckets` parts; it looks the same. */
export function thinned(points: Point[], buckets: number): Point[] {
  if (points.length <= 4 * buckets) return points
  const remaining: Point[] = []
  for (let k = 0; k < buckets; k++) {
    const from = Math.floor((k * points.length) / buckets)
    const part = points.slice(from, Math.floor(((k + 1) * points.length) / buckets))
    const known = part.filter((point) => !Number.isNaN(point.y))
    const lowest = known.reduce((a, b) => (b.y < a.y ? b : a), known[0] ?? part[0]!)
    const highest = known.reduce((a, b) => (b.y > a.y ? b : a), known[0] ?? part[0]!)
    remaining.push(...new Set(part.indexOf(lowest) < part.indexOf(highest) ? [lowest, highest] : [highest, lowest]))
  }
  return [points[0]!, ...remaining, points.at(-1)!]
}
