import { dot } from '@opt/core'

/** Sums of squares below it have lost digits to underflow, or all of them. */
const TINY = 1e-290

/** The Euclidean norm of x, accurate for entries whose squares underflow, too. */
export function euclideanNorm(x: Float64Array): number {
  const square = dot(x, x)
  if (square > TINY) return Math.sqrt(square)
  const largest = x.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
  if (largest === 0) return 0
  return largest * Math.sqrt(x.reduce((sum, entry) => sum + (entry / largest) * (entry / largest), 0))
}

/** The sum of |x_k|. */
export function absoluteSum(x: Float64Array): number {
  let sum = 0
  for (let k = 0; k < x.length; k++) sum += Math.abs(x[k])
  return sum
}
