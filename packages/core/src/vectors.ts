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
