/** The p-quantile, between the nearest two values. */
function quantile(values: readonly number[], p: number): number {
  const sorted = values.slice().sort((a, b) => a - b)
  const at = p * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low])
}

/** The median. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The quartiles. */
export const quartiles = (values: readonly number[]): number[] => [0.25, 0.5, 0.75].map((p) => quantile(values, p))
