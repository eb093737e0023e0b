import type { Axis } from '@opt/core'

/** A numeric axis ready to draw: its ends, its ticks, and their format. */
export interface Scale {
  type: 'linear' | 'log'
  domain: [number, number]
  ticks: number[]
  format: (value: number) => string
}

/** Beyond this, the ends of an axis would overflow. */
const LARGEST = 1e300

/** Whether an axis can show a value. */
export const showable = (axis: Axis, value: number): boolean =>
  Math.abs(value) <= LARGEST && (axis.scale !== 'log' || value > 0)

/** Chooses ends and ticks for values; with `zero` (bars) a linear axis includes zero. */
export function scaleFor(axis: Axis, values: Iterable<number>, zero = false): Scale | undefined {
  let low = Infinity
  let high = -Infinity
  for (const value of values)
    if (showable(axis, value)) {
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  if (low > high) return undefined
  return axis.scale === 'log' ? logScale(low, high, zero) : linearScale(low, high, zero)
}

function linearScale(low: number, high: number, zero: boolean): Scale {
  if (zero) {
    low = Math.min(0, low)
    high = Math.max(0, high)
  }
  if (low === high) {
    const half = Math.abs(low) / 2 || 1
    low -= half
    high += half
  }
  const step = niceStep((high - low) / 5)
  // The ends move out to a tick when one is near.
  const first = Math.floor(low / step + 0.25) * step
  const last = Math.ceil(high / step - 0.25) * step
  const domain: [number, number] = [tidy(Math.min(low, first)), tidy(Math.max(high, last))]
  const size = Math.max(Math.abs(domain[0]), Math.abs(domain[1]))
  return {
    type: 'linear',
    domain,
    ticks: linearTicks(...domain),
    format: size >= 1e6 || size < 1e-3 ? power : (value) => String(value).replace('-', '−'),
  }
}

function linearTicks(low: number, high: number): number[] {
  const step = niceStep((high - low) / 5)
  const first = Math.ceil(low / step - 1e-9)
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) => tidy((first + k) * step))
}

/** Rounds 0.1 + 0.2 to 0.3. */
const tidy = (value: number): number => Number(value.toPrecision(12))

/** Returns 1, 2 or 5 times a power of ten, at least `rough`. */
function niceStep(rough: number): number {
  const unit = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * unit >= rough * (1 - 1e-9))!
  return factor * unit
}

function logScale(low: number, high: number, zero: boolean): Scale {
  if (zero) low /= 2
  if (low === high) {
    low /= 2
    high *= 2
  }
  if (high > 100 * low) {
    // The ends move out to a decade that is near.
    low = 10 ** nearDecade(Math.log10(low), Math.floor)
    high = 10 ** nearDecade(Math.log10(high), Math.ceil)
  }
  const plain = low >= 1e-3 && high <= 1e5
  return { type: 'log', domain: [low, high], ticks: logTicks(low, high), format: plain ? short : power }
}

function nearDecade(exponent: number, round: (value: number) => number): number {
  const decade = round(exponent)
  return Math.abs(decade - exponent) < 0.35 ? decade : exponent
}

/** Returns whole decades where there are enough of them, else parts of decades, else even steps. */
function logTicks(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9)
  const last = Math.floor(Math.log10(high) + 1e-9)
  if (last - first >= 2) {
    const step = Math.ceil((last - first) / 6)
    const start = Math.ceil(first / step)
    return Array.from({ length: Math.floor(last / step) - start + 1 }, (_, k) => tidy(10 ** (step * (start + k))))
  }
  const decades = Array.from({ length: last - first + 2 }, (_, k) => 10 ** (first - 1 + k))
  const parts = (factors: number[]) =>
    decades
      .flatMap((decade) => factors.map((factor) => tidy(factor * decade)))
      .filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9))
  const choices = [parts([1, 2, 5]), parts([1, 2, 3, 4, 5, 6, 7, 8, 9])]
  return choices.find((ticks) => ticks.length >= 3) ?? linearTicks(low, high)
}

const short = (value: number): string => String(Number(value.toPrecision(3)))

const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** Formats `10⁻⁶`, `2·10⁵`. */
export function power(value: number): string {
  if (value === 0) return '0'
  const [digits, exponent] = value.toExponential(2).split('e') as [string, string]
  const raised = `10${[...exponent.replace('+', '')].map((digit) => SUPERSCRIPT[Number(digit)] ?? '⁻').join('')}`
  const factor = String(Number(digits))
  return factor === '1' ? raised : factor === '-1' ? `−${raised}` : `${factor.replace('-', '−')}·${raised}`
}
