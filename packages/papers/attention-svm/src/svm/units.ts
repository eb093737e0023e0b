import { nrm2 } from '@opt/core'

/** The root of the mean squared length of vectors, rounded to a power of two; 1 for none or zeros. */
export function rootMeanSquare(vectors: Float64Array, count: number): number {
  const size = nrm2(vectors) / Math.sqrt(Math.max(1, count))
  if (!(size > 0 && size < Infinity)) return size === Infinity ? 1e300 : 1
  let power = 1
  while (power > size) power /= 2
  while (power * 2 <= size) power *= 2
  return power
}

/** Coordinates of vectors in an orthonormal basis. */
export function project(vectors: Float64Array, rows: Float64Array, dimension: number): Float64Array {
  const size = rows.length / dimension
  const count = vectors.length / dimension
  const out = new Float64Array(count * size)
  for (let c = 0; c < count; c++)
    for (let k = 0; k < size; k++) {
      let sum = 0
      for (let j = 0; j < dimension; j++) sum += rows[k * dimension + j] * vectors[c * dimension + j]
      out[c * size + k] = sum
    }
  return out
}

/** W in the bases, p x q, as a d x e matrix. */
export function lift(
  W: Float64Array,
  p: number,
  q: number,
  tokenBasis: Float64Array | undefined,
  queryBasis: Float64Array | undefined,
  d: number,
  e: number,
): Float64Array {
  const wide = queryBasis ? new Float64Array(p * e) : W
  if (queryBasis)
    for (let k = 0; k < p; k++)
      for (let a = 0; a < q; a++) for (let j = 0; j < e; j++) wide[k * e + j] += W[k * q + a] * queryBasis[a * e + j]
  if (!tokenBasis) return wide.slice()
  const out = new Float64Array(d * e)
  for (let k = 0; k < p; k++)
    for (let i = 0; i < d; i++) for (let j = 0; j < e; j++) out[i * e + j] += tokenBasis[k * d + i] * wide[k * e + j]
  return out
}
