import { lanczos, symmetric, tridiagonalEigen } from '@opt/curvature'

/** Ritz pairs of a symmetric positive definite operator, ascending. */
export interface RitzPairs {
  values: Float64Array
  /** Unit vectors, one for each value. */
  vectors: Float64Array[]
}

/** Ritz values below this, relative to the largest, are rounding errors of 0. */
const LEAST = 1e-8

/** Lanczos steps and the eigenvectors of their tridiagonal matrix, with a first component >= 0; without its null vectors. */
export function ritzCoefficients(
  n: number,
  multiply: (x: Float64Array, out: Float64Array) => void,
  start: Float64Array,
  steps: number,
): { values: Float64Array; coefficients: Float64Array[]; basis: Float64Array[] } {
  const { alpha, beta, basis } = lanczos(
    symmetric(n, (v, out) => multiply(v, out)),
    { steps, start, history: false },
  )
  const m = alpha.length
  const { values, vectors } = tridiagonalEigen(alpha, beta.subarray(0, m - 1))
  const kept = [...values.keys()].filter((j) => values[j] > LEAST * values[m - 1])
  const S = vectors!.data
  return {
    values: Float64Array.from(kept, (j) => values[j]),
    coefficients: kept.map((j) => {
      const sign = S[j] < 0 ? -1 : 1
      return Float64Array.from({ length: m }, (_, i) => sign * S[i * m + j])
    }),
    basis,
  }
}

/** Ritz pairs of some Lanczos steps. */
export function ritzVectors(
  n: number,
  multiply: (x: Float64Array, out: Float64Array) => void,
  start: Float64Array,
  steps: number,
): RitzPairs {
  const { values, coefficients, basis } = ritzCoefficients(n, multiply, start, steps)
  const vectors = coefficients.map((s) => {
    const v = new Float64Array(n)
    for (const [i, q] of basis.entries()) for (let k = 0; k < n; k++) v[k] += s[i] * q[k]
    return v
  })
  return { values, vectors }
}
