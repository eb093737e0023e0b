import { sum } from './vectors.ts'

/** The arithmetic mean; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length
}

/** The sample standard deviation (divisor n - 1); 0 for fewer than two values. */
export function standardDeviation(values: ArrayLike<number>): number {
  if (values.length < 2) return 0
  const middle = mean(values)
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i] - middle) * (values[i] - middle)
  return Math.sqrt(squares / (values.length - 1))
}

/** The p-quantile, p in 0..1: interpolated between the two nearest values; NaN for no values. */
export function quantile(values: ArrayLike<number>, p: number): number {
  if (values.length === 0) return NaN
  const sorted = Float64Array.from(values).sort()
  const place = p * (sorted.length - 1)
  const low = Math.floor(place)
  const value = sorted[low]
  const next = sorted[Math.min(low + 1, sorted.length - 1)]
  // Infinite values: no difference is taken where the answer does not depend on it.
  return place === low || value === next ? value : value + (place - low) * (next - value)
}

export const median = (values: ArrayLike<number>): number => quantile(values, 0.5)

/** Formats the mean and the standard deviation, "95.86 +- 0.67"; the mean alone for one value. */
export function meanAndDeviation(values: ArrayLike<number>, digits = 2): string {
  const middle = mean(values).toFixed(digits)
  return values.length < 2 ? middle : `${middle} +- ${standardDeviation(values).toFixed(digits)}`
}

/**
 * Formats the smallest and the largest value, "0.12 to 0.31"; one number where both print alike, "-" for no values.
 *
 * @param digits digits after the point, or `{ significant }`: digits in all.
 */
export function range(values: readonly number[], digits: number | { significant: number } = 2): string {
  if (values.length === 0) return '-'
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) =>
    typeof digits === 'number' ? value.toFixed(digits) : value.toPrecision(digits.significant),
  )
  return low === high ? low : `${low} to ${high}`
}
