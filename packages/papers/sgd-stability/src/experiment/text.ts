/** Formats the smallest and the largest value to three digits; one number where both print alike. */
export function range(values: number[]): string {
  if (values.length === 0) return '-'
  const [low, high] = [Math.min(...values).toPrecision(3), Math.max(...values).toPrecision(3)]
  return low === high ? low : `${low} to ${high}`
}

/** The median; the upper one of two. */
export function middle(values: number[]): number {
  return values.slice().sort((a, b) => a - b)[values.length >> 1]
}
