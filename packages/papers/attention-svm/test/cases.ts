import { type Random, random } from '@opt/core'

/** A Gaussian vector. */
export const gaussian = (rng: Random, d: number) => Float64Array.from({ length: d }, () => rng.normal())

/** Random tokens, queries, labels and a head. */
export function draw(seed: number, n: number, T: number, d: number, e = d) {
  const rng = random(seed)
  return {
    tokens: Array.from({ length: n }, () => Array.from({ length: T }, () => gaussian(rng, d))),
    queries: Array.from({ length: n }, () => gaussian(rng, e)),
    labels: Array.from({ length: n }, () => (rng.uniform() < 0.5 ? -1 : 1)),
    select: Array.from({ length: n }, () => rng.integer(0, T)),
    v: gaussian(rng, d),
  }
}

export const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
  Array.from(x).reduce((sum, value, k) => sum + value * y[k], 0)

/** x'Wz of a d x e matrix in a flat array. */
export const score = (W: Float64Array, x: ArrayLike<number>, z: ArrayLike<number>) =>
  Array.from(x).reduce((sum, value, i) => sum + value * dot(W.subarray(i * z.length, (i + 1) * z.length), z), 0)
