/**
 * Sorts examples into bins of equal width over their finite scores: equal scores into the first,
 * Infinity into the last.
 */
export function binned(pool: Int32Array, scores: ArrayLike<number>, strata: number): number[][] {
  let [low, high] = [Infinity, -Infinity]
  for (const i of pool) {
    if (scores[i] === Infinity) continue
    low = Math.min(low, scores[i])
    high = Math.max(high, scores[i])
  }
  // Halves the scores where their difference would overflow.
  const unit = high - low < Infinity ? 1 : 2
  const width = high / unit - low / unit
  const bins: number[][] = Array.from({ length: strata }, () => [])
  for (const i of pool) {
    const place = high > low ? (scores[i] / unit - low / unit) / width : 0
    bins[scores[i] === Infinity ? strata - 1 : Math.min(strata - 1, Math.floor(place * strata))].push(i)
  }
  return bins
}

/**
 * Distributes `count` places over bins, the smallest bin first: each gets an equal part of the
 * rest, or all it has.
 */
export function budgetsOf(sizes: readonly number[], count: number): Int32Array {
  const budgets = new Int32Array(sizes.length)
  const bySize = sizes.map((_, bin) => bin).sort((a, b) => sizes[a] - sizes[b] || a - b)
  let rest = count
  bySize.forEach((bin, visited) => {
    budgets[bin] = Math.min(sizes[bin], Math.floor(rest / (sizes.length - visited)))
    rest -= budgets[bin]
  })
  return budgets
}
