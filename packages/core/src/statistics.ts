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

/** The p-quantile, p in 0..1: interpolated between the two nearest values. */
export function quantile(values: ArrayLike<number>, p: number): number {
  const sorted = Float64Array.from(values).sort()
  const place = p * (sorted.length - 1)
  const low = Math.floor(place)
  return sorted[low] + (place - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low])
}

export const median = (values: ArrayLike<number>): number => quantile(values, 0.5)

/** Formats the mean and the standard deviation, "95.86 +- 0.67"; the mean alone for one value. */
export function meanAndDeviation(values: ArrayLike<number>, digits = 2): string {
  const middle = mean(values).toFixed(digits)
  return values.length < 2 ? middle : `${middle} +- ${standardDeviation(values).toFixed(digits)}`
}

/** Formats the smallest and the largest value, "0.12 to 0.31"; one number where both print alike. */
export function range(values: readonly number[], digits = 2): string {
  const [low, high] = [Math.min(...values).toFixed(digits), Math.max(...values).toFixed(digits)]
  return low === high ? low : `${low} to ${high}`
}
