// SVG paths of series, in the detail that pixels can show.
import type { Series } from '@opt/core'
import type { Scale } from './scale.ts'

/** Returns positions on the x axis: numbers, or 0, 1, 2 ... for words. */
export const positions = ({ x }: Series): ArrayLike<number> =>
  typeof x[0] === 'string' ? Array.from({ length: x.length }, (_, k) => k) : (x as ArrayLike<number>)

const shows = (value: number, scale: Scale) => Number.isFinite(value) && (!scale.log || value > 0)
const round = (value: number) => Math.round(value * 10) / 10

/** Returns a line; of several points in one pixel column it keeps the first, lowest, highest and last. */
export function linePath(xs: ArrayLike<number>, ys: ArrayLike<number>, sx: Scale, sy: Scale): string {
  let path = ''
  let pen = false
  let column = Number.NaN
  let held: number[] = []
  const put = (x: number, y: number) => {
    path += `${pen ? 'L' : 'M'}${round(x)} ${round(y)}`
    pen = true
  }
  const flush = () => {
    if (held.length === 0) return
    const kept = held.length > 4 ? [held[0]!, Math.min(...held), Math.max(...held), held.at(-1)!] : held
    for (const y of kept) put(column, y)
    held = []
  }
  const dense = xs.length > 1500
  for (let k = 0; k < xs.length; k++) {
    if (!shows(xs[k]!, sx) || !shows(ys[k]!, sy)) {
      flush()
      pen = false
      continue
    }
    const [x, y] = [sx(xs[k]!), sy(ys[k]!)]
    if (!dense) {
      put(x, y)
      continue
    }
    if (Math.round(x) !== column) {
      flush()
      column = Math.round(x)
    }
    held.push(y)
  }
  flush()
  return path
}

/** Returns the area between two curves. */
export function bandPath(
  xs: ArrayLike<number>,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  sx: Scale,
  sy: Scale,
): string {
  const there: string[] = []
  const back: string[] = []
  for (let k = 0; k < xs.length; k++) {
    if (!shows(xs[k]!, sx) || !shows(high[k]!, sy)) continue
    const x = round(sx(xs[k]!))
    const bottom = shows(low[k]!, sy) ? low[k]! : sy.low
    there.push(`${x} ${round(sy(high[k]!))}`)
    back.push(`${x} ${round(sy(bottom))}`)
  }
  return there.length < 2 ? '' : `M${there.join('L')}L${back.reverse().join('L')}Z`
}

/** Returns dots: zero-length strokes of a round pen. */
export function dotsPath(xs: ArrayLike<number>, ys: ArrayLike<number>, sx: Scale, sy: Scale): string {
  let path = ''
  for (let k = 0; k < xs.length; k++)
    if (shows(xs[k]!, sx) && shows(ys[k]!, sy)) path += `M${round(sx(xs[k]!))} ${round(sy(ys[k]!))}h0`
  return path
}

/** Returns vertical whiskers from low to high. */
export function whiskersPath(
  xs: ArrayLike<number>,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  sx: Scale,
  sy: Scale,
): string {
  let path = ''
  for (let k = 0; k < xs.length; k++) path += `M${round(sx(xs[k]!))} ${round(sy(low[k]!))}V${round(sy(high[k]!))}`
  return path
}

export interface Binned {
  edges: number[]
  counts: number[][]
}

/** Counts values in equal bins shared by all lists. */
export function binned(lists: ArrayLike<number>[], bins = 24): Binned {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const values of lists)
    for (let k = 0; k < values.length; k++) {
      low = Math.min(low, values[k]!)
      high = Math.max(high, values[k]!)
    }
  if (!(low < high)) [low, high] = Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1]
  const width = (high - low) / bins
  const counts = lists.map((values) => {
    const count = new Array<number>(bins).fill(0)
    for (let k = 0; k < values.length; k++) count[Math.min(bins - 1, Math.floor((values[k]! - low) / width))]!++
    return count
  })
  return { edges: Array.from({ length: bins + 1 }, (_, k) => low + k * width), counts }
}
