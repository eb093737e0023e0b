import {
  calling,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  options as optionsOf,
  refuse,
  type VectorLike,
  vector,
} from '@opt/core'
import { inner, product } from '../matrices.ts'

/** How the cost to go is estimated from one trajectory. */
export type Estimator = 'plain' | 'magnitudeReduced'

export const ESTIMATORS = ['plain', 'magnitudeReduced'] as const

/** Argument of {@link estimate}. */
export interface Observation {
  /** phi(x, a) of the pairs to estimate, n x d. */
  rows: MatrixLike
  /** G = (Sigma + gamma I)^-1 of the layer, d x d. */
  inverse: MatrixLike
  /** phi(x_k, a_k) of the pair visited, length d. */
  visited: VectorLike
  /** L, the loss observed from this layer to the end. */
  lossToGo: number
  /** Default 'plain'. */
  estimator?: Estimator
  /** R_h = H - h, an upper bound of L; for 'magnitudeReduced'. */
  bound?: number
  /** The features of pairs drawn from the policy, m x d; for 'magnitudeReduced'. */
  reference?: MatrixLike
  /** The probabilities of the references. Default: all 1 / m, for a sample. */
  probabilities?: VectorLike
}

/**
 * Estimates the cost to go of each row by u L, u = phi(x, a)' G phi(x_k, a_k). The magnitude-reduced estimate
 * u L - R min(u, 0) + R E min(phi(x, a)' G phi(y, b), 0), (y, b) drawn from the policy, has the same mean, and is at
 * least -R sqrt(phi' G phi) where the plain one reaches -R / gamma.
 *
 * @throws TypeError or RangeError when an argument is wrong, or L exceeds the bound.
 */
export function estimate(observation: Observation): Float64Array {
  return calling('estimate', () => {
    const given = optionsOf(observation, 'observation')
    const { estimator = 'plain', lossToGo } = given
    oneOf(estimator, 'estimator', ESTIMATORS)
    const { data: rows, shape } = matrix(given.rows, 'rows')
    const [n, d] = shape
    const inverse = matrix(given.inverse, 'inverse', { rows: d, columns: d }).data
    const visited = vector(given.visited, 'visited', { length: d })
    number(lossToGo, 'lossToGo')
    const v = new Float64Array(d)
    const out = new Float64Array(n)
    product(d, inverse, 0, visited, 0, v, 0)
    plainInto(n, d, rows, 0, v, lossToGo, out, 0)
    if (estimator === 'plain') return out
    const bound = number(given.bound, 'bound', { positive: true })
    if (!(lossToGo >= 0 && lossToGo <= bound)) refuse('lossToGo', `between 0 and the bound ${bound}`, String(lossToGo))
    if (given.reference === undefined) refuse('reference', 'the features of pairs of the policy', 'undefined', 'type')
    const { data: reference, shape: size } = matrix(given.reference, 'reference', { columns: d })
    const weights =
      given.probabilities === undefined
        ? new Float64Array(size[0]).fill(1 / size[0])
        : vector(given.probabilities, 'probabilities', { length: size[0], sign: 'nonnegative' })
    const image = new Float64Array(d)
    reduceInto(n, d, rows, 0, v, bound, out, 0)
    for (let k = 0; k < size[0]; k++) {
      product(d, inverse, 0, reference, k * d, image, 0)
      liftInto(n, d, rows, 0, image, 0, bound * weights[k], out, 0)
    }
    return out
  })
}

/** Writes u L for n rows. */
export function plainInto(
  n: number,
  d: number,
  rows: Float64Array,
  from: number,
  v: Float64Array,
  lossToGo: number,
  out: Float64Array,
  at: number,
): void {
  for (let k = 0; k < n; k++) out[at + k] = inner(d, rows, from + k * d, v, 0) * lossToGo
}

/** Subtracts R min(u, 0). */
export function reduceInto(
  n: number,
  d: number,
  rows: Float64Array,
  from: number,
  v: Float64Array,
  bound: number,
  out: Float64Array,
  at: number,
): void {
  for (let k = 0; k < n; k++) {
    const u = inner(d, rows, from + k * d, v, 0)
    if (u < 0) out[at + k] -= bound * u
  }
}

/** Adds weight min(phi . image, 0), image = G phi(y, b). */
export function liftInto(
  n: number,
  d: number,
  rows: Float64Array,
  from: number,
  images: Float64Array,
  image: number,
  weight: number,
  out: Float64Array,
  at: number,
): void {
  for (let k = 0; k < n; k++) {
    let u = 0
    for (let i = 0; i < d; i++) u += rows[from + k * d + i] * images[image + i]
    if (u < 0) out[at + k] += weight * u
  }
}
