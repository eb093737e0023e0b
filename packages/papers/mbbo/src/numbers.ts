/** Whether no entry is NaN or infinite. */
export function finite(x: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (!(Math.abs(x[i]) < Infinity)) return false
  return true
}

/** The Euclidean length of x, also where its square over- or underflows. */
export function length(x: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i]
  if (sum > 1e-280 && sum < Infinity) return Math.sqrt(sum)
  let largest = 0
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]))
  if (!(largest > 0 && largest < Infinity)) return largest
  sum = 0
  for (let i = 0; i < x.length; i++) sum += (x[i] / largest) * (x[i] / largest)
  return largest * Math.sqrt(sum)
}
