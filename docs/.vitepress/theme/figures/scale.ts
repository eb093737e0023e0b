import { linearTicks, logTicks, powerText, tickText } from './ticks.ts'

/** Maps data to pixels. */
export interface Scale {
  (value: number): number
  ticks: { at: number; text: string }[]
  log: boolean
  low: number
  high: number
}

export interface ScaleOptions {
  log: boolean
  /** Pixels of both ends. */
  range: [number, number]
  about: number
  /** Keeps 0 in view, for bars. */
  zero?: boolean
  /** Fraction of the span left free at both ends of a linear scale. */
  pad?: number
}

/** Returns a scale that covers all finite values, on a log scale all positive ones. */
export function scaleOf(
  values: Iterable<number>,
  { log, range: [from, to], about, zero = false, pad = 0.04 }: ScaleOptions,
): Scale {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (!Number.isFinite(value) || (log && value <= 0)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  if (low > high) [low, high] = log ? [0.1, 1] : [0, 1]
  if (zero && !log) [low, high] = [Math.min(0, low), Math.max(0, high)]
  if (log && high / low < 1.5) [low, high] = [low / 2, high * 2]
  if (!log) {
    const span = high - low || Math.abs(high) || 1
    if (high === low) [low, high] = [low - span / 2, high + span / 2]
    else [low, high] = [zero && low === 0 ? 0 : low - pad * span, zero && high === 0 ? 0 : high + pad * span]
  }
  const place = log ? Math.log10 : (value: number) => value
  const [first, last] = [place(low), place(high)]
  const scale = (value: number) => from + ((place(value) - first) / (last - first)) * (to - from)
  const ticks = (log ? logTicks : linearTicks)(low, high, about).map((value) => {
    const power = Math.log10(value)
    const text = log && Math.abs(power - Math.round(power)) < 1e-9 ? powerText(Math.round(power)) : tickText(value)
    return { at: scale(value), text }
  })
  return Object.assign(scale, { ticks, log, low, high })
}
