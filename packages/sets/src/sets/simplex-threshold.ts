/** From this length on it pays to look for the entries that can count before sorting. */
const MANY = 64
/**
 * Entries so little below the threshold, relative to the total and in all, are kept: rounding moves
 * it less.
 */
const SLACK = 1e-8
const LEAST_SLACK = 1e-300
/** Entries are sorted once a pass leaves more than this part of them. */
const STEADY = 0.8

/**
 * Finds the t with sum max(u_i - t, 0) = total, where u = y - top and top is the largest entry of
 * y: by sorting (Held, Wolfe and Crowder, 1974), and first without the entries below a mean that t
 * exceeds (Michelot, 1986). So the time is linear where few entries count.
 *
 * @param scratch as long as y; overwritten.
 */
export function simplexThreshold(
  y: Float64Array,
  total: number,
  scratch: Float64Array,
): { top: number; threshold: number } {
  const n = y.length
  let top = y[0]
  for (let i = 1; i < n; i++) if (y[i] > top) top = y[i]
  let sum = 0
  for (let i = 0; i < n; i++) sum += scratch[i] = y[i] - top
  let count = n
  for (let before = Infinity; n >= MANY && count < STEADY * before; ) {
    // The mean excess over any entries is at most the threshold.
    const bound = Math.max((sum - total) / count, -total) - SLACK * total - LEAST_SLACK
    before = count
    count = 0
    sum = 0
    for (let i = 0; i < before; i++) {
      const u = scratch[i]
      if (!(u > bound)) continue
      sum += u
      scratch[count++] = u
    }
  }
  const sorted = (count < n ? scratch.subarray(0, count) : scratch).sort()
  sum = 0
  let threshold = 0
  for (let k = 1; k <= count; k++) {
    const u = sorted[count - k]
    sum += u
    const t = (sum - total) / k
    if (!(u > t)) break
    threshold = t
  }
  return { top, threshold }
}
