import { type Random, random } from '@opt/core'

/** A random training problem: Gaussian vectors of norm 1, random labels. */
export interface Draw {
  /** n x T x d. */
  tokens: Float64Array[][]
  /** n x d. */
  queries: Float64Array[]
  labels: number[]
  v: Float64Array
}

/** A Gaussian vector of norm 1. */
export function unitVector(rng: Random, d: number): Float64Array {
  const x = Float64Array.from({ length: d }, () => rng.normal())
  const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0))
  return x.map((value) => value / length)
}

/** The k-th draw of an experiment's part. */
export function draw(seed: number, part: number, k: number, n: number, T: number, d: number): Draw {
  const rng = random(1_000_000 * seed + 10_000 * part + k)
  const v = unitVector(rng, d)
  return {
    v,
    tokens: Array.from({ length: n }, () => Array.from({ length: T }, () => unitVector(rng, d))),
    queries: Array.from({ length: n }, () => unitVector(rng, d)),
    labels: Array.from({ length: n }, () => (rng.uniform() < 0.5 ? -1 : 1)),
  }
}

/** The cosine of two matrices of the same size. */
export function cosine(x: Float64Array, y: Float64Array): number {
  let [xy, xx, yy] = [0, 0, 0]
  for (let k = 0; k < x.length; k++) {
    xy += x[k] * y[k]
    xx += x[k] * x[k]
    yy += y[k] * y[k]
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0
}
