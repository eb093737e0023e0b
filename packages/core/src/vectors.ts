/** The dot product x'y, products added in order. */
export function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i]
  return sum
}

/** The sum of the entries, in order. */
export function sum(x: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < x.length; i++) total += x[i]
  return total
}

/** The Euclidean norm: the square root of {@link dot}(x, x), which over- and underflows with it. */
export function norm(x: ArrayLike<number>): number {
  return Math.sqrt(dot(x, x))
}

/** The Euclidean norm, also where the sum of squares over- or underflows (BLAS nrm2); Infinity beyond the largest double. */
export function nrm2(x: ArrayLike<number>): number {
  const squares = dot(x, x)
  if (squares > 1e-280 && squares < Infinity) return Math.sqrt(squares)
  let largest = 0
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]))
  if (!(largest > 0 && largest < Infinity)) return largest
  let scaled = 0
  for (let i = 0; i < x.length; i++) scaled += (x[i] / largest) * (x[i] / largest)
  return largest * Math.sqrt(scaled)
}

/** Whether no entry is NaN or infinite. */
export function allFinite(x: ArrayLike<number>): boolean {
  for (let i = 0; i < x.length; i++) if (!(Math.abs(x[i]) < Infinity)) return false
  return true
}
