/** Sums of squares below it have lost digits to underflow, or all of them. */
const TINY = 1e-290

/** The Euclidean norm of x[start], ..., x[end - 1], accurate for entries whose squares underflow, too. */
export function euclideanNorm(x: Float64Array, start: number, end: number): number {
  let square = 0
  for (let k = start; k < end; k++) square += x[k] * x[k]
  if (square > TINY) return Math.sqrt(square)
  const entries = x.subarray(start, end)
  const largest = entries.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
  if (largest === 0) return 0
  return largest * Math.sqrt(entries.reduce((sum, entry) => sum + (entry / largest) * (entry / largest), 0))
}

/** The sum of |x[start]|, ..., |x[end - 1]|. */
export function absoluteSum(x: Float64Array, start: number, end: number): number {
  let sum = 0
  for (let k = start; k < end; k++) sum += Math.abs(x[k])
  return sum
}
