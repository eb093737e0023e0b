// Axis ticks at round numbers.

const SUPERSCRIPT: Record<string, string> = {
  '-': '⁻',
  0: '⁰',
  1: '¹',
  2: '²',
  3: '³',
  4: '⁴',
  5: '⁵',
  6: '⁶',
  7: '⁷',
  8: '⁸',
  9: '⁹',
}

export const powerText = (exponent: number): string =>
  exponent >= 0 && exponent <= 3
    ? String(10 ** exponent)
    : exponent < 0 && exponent >= -2
      ? (10 ** exponent).toFixed(-exponent)
      : `10${[...String(exponent)].map((digit) => SUPERSCRIPT[digit]).join('')}`

/** Formats a number for a label. */
export function tickText(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e5 || size < 1e-3) {
    const [digits, exponent] = value.toExponential(2).split('e') as [string, string]
    const mantissa = Number(digits)
    const power = `10${[...String(Number(exponent))].map((digit) => SUPERSCRIPT[digit]).join('')}`
    return mantissa === 1 ? power : `${mantissa}·${power}`
  }
  return String(Number(value.toPrecision(4))).replace('-', '−')
}

const FACTORS = [1, 2, 5, 10]

/** Returns about `about` multiples of 1, 2 or 5 times a power of ten within [low, high], at least three. */
export function linearTicks(low: number, high: number, about: number): number[] {
  const raw = (high - low) / Math.max(1, about)
  const power = 10 ** Math.floor(Math.log10(raw))
  const wanted = FACTORS.findIndex((factor) => factor * power >= raw)
  const multiples = (step: number) => {
    const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)]
    return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)))
  }
  const ticks = multiples(FACTORS[wanted]! * power)
  return ticks.length >= 3 || wanted === 0 ? ticks : multiples(FACTORS[wanted - 1]! * power)
}

/**
 * Returns about `about` powers of ten within [low, high]; if there is at most one, also multiples by
 * 2 and 5; if that leaves one or none, even steps.
 */
export function logTicks(low: number, high: number, about: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)]
  if (last - first < 1) {
    const fine = [first - 1, first, first + 1].flatMap((p) => [1, 2, 5].map((factor) => factor * 10 ** p))
    const inside = fine.filter((v) => v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9))
    return inside.length > 1 ? inside : linearTicks(low, high, about)
  }
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, about)))
  const ticks: number[] = []
  for (let p = first; p <= last; p++) if (p % every === 0) ticks.push(10 ** p)
  return ticks
}
