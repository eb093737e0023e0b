/** Returns the mean of some vectors. */
export function meanOf(vectors: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(vectors[0].length)
  for (const v of vectors) for (let i = 0; i < mean.length; i++) mean[i] += v[i] / vectors.length
  return mean
}

/** Returns factor x. */
export function scaled(x: Float64Array, factor: number): Float64Array {
  const out = new Float64Array(x.length)
  for (let i = 0; i < out.length; i++) out[i] = factor * x[i]
  return out
}

/** The inner product, of vectors of equal length. */
export function inner(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i]
  return sum
}

/** Adds factor y to x. */
export function add(x: Float64Array, y: Float64Array, factor = 1): Float64Array {
  for (let i = 0; i < x.length; i++) x[i] += factor * y[i]
  return x
}

/** Returns x_e - centre for each domain. */
export const residuals = (vectors: readonly Float64Array[], centre: Float64Array): Float64Array[] =>
  vectors.map((v) => add(v.slice(), centre, -1))

/** A sum of squared distances, and the factor of each statistic in its differential. */
export interface Distances {
  value: number
  factors: Float64Array[]
}

/**
 * c sum_e |x_e - mean|^2 and its factors 2 c (x_e - mean): the mean's own part vanishes, as residuals sum to 0.
 *
 * With halves, c sum_e <x_e^a - mean^a, x_e^b - mean^b>, an unbiased estimate; the factors are in the order of the
 * statistics, a and b of the first domain, then of the second.
 */
export function distances(
  statistics: readonly Float64Array[],
  c: number,
  halves: boolean,
  centres?: Float64Array[],
): Distances {
  if (!halves) {
    const rho = residuals(statistics, centres?.[0] ?? meanOf(statistics))
    return { value: c * rho.reduce((sum, r) => sum + inner(r, r), 0), factors: rho.map((r) => scaled(r, 2 * c)) }
  }
  const [a, b] = [0, 1].map((half) => {
    const of = statistics.filter((_, i) => i % 2 === half)
    return residuals(of, centres?.[half] ?? meanOf(of))
  })
  const value = c * a.reduce((sum, r, e) => sum + inner(r, b[e]), 0)
  return { value, factors: a.flatMap((r, e) => [scaled(b[e], c), scaled(r, c)]) }
}
