/**
 * Returns a power of two whose product with a positive number is between 1 and 2, or as close to that as float64 allows:
 * to multiply by it is exact.
 */
export function toUnit(size: number): number {
  let scale = 1
  while (size * scale >= 2) scale /= 2
  while (size * scale < 1 && scale < 1e300) scale *= 2
  return scale
}

/** Returns the Euclidean norm of all entries together, without over- or underflow of their squares. */
export function euclideanNorm(arrays: ArrayLike<number>[]): number {
  const squares = sumOfSquares(arrays, 1)
  if ((squares > 1e-290 && squares < 1e290) || Number.isNaN(squares)) return Math.sqrt(squares)
  let largest = 0
  for (const x of arrays) for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]))
  if (largest === 0 || largest === Infinity) return largest
  const scale = toUnit(largest)
  return Math.sqrt(sumOfSquares(arrays, scale)) / scale
}

function sumOfSquares(arrays: ArrayLike<number>[], scale: number): number {
  let sum = 0
  for (const x of arrays) for (let i = 0; i < x.length; i++) sum += x[i] * scale * (x[i] * scale)
  return sum
}

/** Returns the sum of |x_i| over all arrays. */
export function absoluteSum(arrays: ArrayLike<number>[]): number {
  let sum = 0
  for (const x of arrays) for (let i = 0; i < x.length; i++) sum += Math.abs(x[i])
  return sum
}

/**
 * Returns sum_i g_i^2 / (sqrt(v'_i / correction) + epsilon) with v' = beta2 v + (1 - beta2) g^2, the second moment after
 * this step's update.
 */
export function weightedSum(
  g: ArrayLike<number>,
  v: Float64Array,
  { beta2, correction, epsilon }: { beta2: number; correction: number; epsilon: number },
): number {
  let sum = 0
  for (let i = 0; i < g.length; i++) {
    const square = g[i] * g[i]
    sum += square / (Math.sqrt((beta2 * v[i] + (1 - beta2) * square) / correction) + epsilon)
  }
  return sum
}
