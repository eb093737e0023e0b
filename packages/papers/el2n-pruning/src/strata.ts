/** Candidates by bins of equal width over their finite scores; where all are equal they are in the first, infinite ones in the last. */
export function binned(pool: Int32Array, scores: ArrayLike<number>, strata: number): number[][] {
  let [low, high] = [Infinity, -Infinity]
  for (const i of pool) {
    if (scores[i] === Infinity) continue
    low = Math.min(low, scores[i])
    high = Math.max(high, scores[i])
  }
  // Halves of numbers that are too far apart for their difference to be a double.
  const unit = high - low < Infinity ? 1 : 2
  const width = high / unit - low / unit
  const bins: number[][] = Array.from({ length: strata }, () => [])
  for (const i of pool) {
    const share = high > low ? (scores[i] / unit - low / unit) / width : 0
    bins[scores[i] === Infinity ? strata - 1 : Math.min(strata - 1, Math.floor(share * strata))].push(i)
  }
  return bins
}

/** Places of each bin: the smallest bin first, it gets an equal share of what is left, or all it has. */
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
