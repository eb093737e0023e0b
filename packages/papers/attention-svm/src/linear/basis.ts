/** What is left of a vector below this, relative to the longest of all, counts as 0. */
const NEGLIGIBLE = 1e-13

/**
 * Returns an orthonormal basis of the span of vectors, row by row, by the Gram-Schmidt method with pivots, each vector
 * orthogonalised twice; undefined where they span the whole space.
 *
 * @param vectors row-major, each of `dimension` entries; not changed.
 */
export function basis(vectors: Float64Array, dimension: number): Float64Array | undefined {
  const count = vectors.length / dimension
  const left = vectors.slice()
  const found: Float64Array[] = []
  let longest = 0
  while (found.length < dimension) {
    let [most, pivot] = [0, -1]
    for (let c = 0; c < count; c++) {
      let square = 0
      for (let j = 0, at = c * dimension; j < dimension; j++, at++) square += left[at] * left[at]
      if (square > most) [most, pivot] = [square, c]
    }
    longest = Math.max(longest, most)
    if (pivot < 0 || most <= NEGLIGIBLE * NEGLIGIBLE * longest) break
    const next = left.slice(pivot * dimension, (pivot + 1) * dimension)
    for (const other of found) reduce(next, other, 0)
    let square = 0
    for (let j = 0; j < dimension; j++) square += next[j] * next[j]
    const length = Math.sqrt(square)
    for (let j = 0; j < dimension; j++) next[j] /= length
    for (let c = 0; c < count; c++) reduce(left, next, c * dimension)
    left.fill(0, pivot * dimension, (pivot + 1) * dimension)
    found.push(next)
  }
  if (found.length === dimension) return undefined
  const rows = new Float64Array(found.length * dimension)
  found.forEach((row, k) => rows.set(row, k * dimension))
  return rows
}

/** Subtracts from the vector at an offset its part along a unit vector. */
function reduce(x: Float64Array, unit: Float64Array, at: number): void {
  let share = 0
  for (let j = 0; j < unit.length; j++) share += x[at + j] * unit[j]
  for (let j = 0; j < unit.length; j++) x[at + j] -= share * unit[j]
}
