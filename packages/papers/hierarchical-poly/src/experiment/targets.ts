import { type Matrix, type Random, sin, tanh } from '@opt/core'
import { mean } from '@opt/core/experiment'
import ndarray from 'ndarray'

/** n rows of N(0, I). */
export function gaussianRows(n: number, d: number, rng: Random): Matrix {
  return ndarray(
    Float64Array.from({ length: n * d }, () => rng.normal()),
    [n, d],
  )
}

/** A symmetric matrix of Gaussian entries, 2 |A|^2 = 1. */
export function randomQuadratic(d: number, rng: Random): Matrix {
  const A = new Float64Array(d * d)
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) A[i * d + j] = A[j * d + i] = i === j ? Math.SQRT2 * rng.normal() : rng.normal()
  const norm = Math.sqrt(2 * A.reduce((sum, v) => sum + v * v, 0))
  return ndarray(
    A.map((v) => v / norm),
    [d, d],
  )
}

/** x'A x - tr A at the rows of X. */
export function quadraticScore({ data: A, shape: [d] }: Matrix, { data: X, shape: [n] }: Matrix): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0
    for (let j = 0; j < d; j++) {
      sum -= A[j * d + j]
      for (let k = 0; k < d; k++) sum += A[j * d + k] * X[i * d + j] * X[i * d + k]
    }
    return sum
  })
}

/** d orthonormal directions with signs; the score is the sum of +-He3(v'x) / sqrt(6 d). */
export function cubicScore(d: number, rng: Random): (X: Matrix) => Float64Array {
  const V: number[][] = []
  while (V.length < d) {
    const v = Array.from({ length: d }, () => rng.normal())
    for (const u of V) {
      const along = u.reduce((sum, a, j) => sum + a * v[j], 0)
      for (let j = 0; j < d; j++) v[j] -= along * u[j]
    }
    const length = Math.sqrt(v.reduce((sum, a) => sum + a * a, 0))
    V.push(v.map((a) => a / length))
  }
  const signs = V.map(() => (rng.uniform() < 0.5 ? -1 : 1))
  return ({ data, shape: [n] }) =>
    Float64Array.from({ length: n }, (_, i) => {
      let sum = 0
      for (const [k, v] of V.entries()) {
        let t = 0
        for (let j = 0; j < d; j++) t += v[j] * data[i * d + j]
        sum += (signs[k] * (t * t * t - 3 * t)) / Math.sqrt(6 * d)
      }
      return sum
    })
}

/** The curves. */
export const LINKS = {
  'z + He2/(2 sqrt 2) + He3/(2 sqrt 6)': (z: number): number =>
    z + (z * z - 1) / (2 * Math.SQRT2) + (z * z * z - 3 * z) / (2 * Math.sqrt(6)),
  'z + He2/sqrt 2': (z: number): number => z + (z * z - 1) / Math.SQRT2,
  'tanh 2z': (z: number): number => tanh(2 * z),
  'sin 2z': (z: number): number => sin(2 * z),
}

/** Adds noise of a deviation relative to that of the values. */
export function noisy(values: Float64Array, share: number, rng: Random): Float64Array {
  const center = mean(values)
  const deviation = Math.sqrt(mean(values.map((v) => (v - center) * (v - center))))
  return values.map((v) => v + share * deviation * rng.normal())
}

/** The mean square of the errors over the variance of the truth. */
export function relativeError(predicted: ArrayLike<number>, truth: Float64Array): number {
  const center = mean(truth)
  return (
    mean(truth.map((v, i) => (v - predicted[i]) * (v - predicted[i]))) /
    mean(truth.map((v) => (v - center) * (v - center)))
  )
}
