import {
  allFinite,
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
import { distribution } from '../intake.ts'
import { inners, product } from '../matrices.ts'

export const ESTIMATORS = ['plain', 'magnitudeReduced'] as const

/** How the cost to go is estimated from one trajectory. */
export type Estimator = (typeof ESTIMATORS)[number]

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
  /** The probabilities of the references, of sum 1. Default: all 1 / m, for a sample. */
  probabilities?: VectorLike
}

const NAMES = ['rows', 'inverse', 'visited', 'lossToGo', 'estimator', 'bound', 'reference', 'probabilities'] as const

/**
 * Estimates the cost to go of each row by u L, u = phi(x, a)' G phi(x_k, a_k). The magnitude-reduced estimate
 * u L - R min(u, 0) + R E min(phi(x, a)' G phi(y, b), 0), (y, b) drawn from the policy, has the same mean, and is at
 * least -R sqrt(phi' G phi) where the plain one reaches -R / gamma.
 *
 * @throws TypeError or RangeError when an argument is wrong, or L exceeds the bound.
 */
export function estimate(observation: Observation): Float64Array {
  return calling('estimate', () => {
    const given = optionsOf(observation, 'observation', NAMES)
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
    if (estimator === 'plain') {
      costsInto(n, d, rows, 0, v, lossToGo, 0, out, 0)
      return finite(out)
    }
    const bound = number(given.bound, 'bound', { positive: true })
    if (!(lossToGo >= 0 && lossToGo <= bound)) refuse('lossToGo', `between 0 and the bound ${bound}`, String(lossToGo))
    if (given.reference === undefined) refuse('reference', 'the features of pairs of the policy', 'undefined', 'type')
    const { data: reference, shape: size } = matrix(given.reference, 'reference', { columns: d })
    const weights =
      given.probabilities === undefined
        ? new Float64Array(size[0]).fill(1 / size[0])
        : distribution(given.probabilities, 'probabilities', { length: size[0] })
    const [image, u] = [new Float64Array(d), new Float64Array(n)]
    costsInto(n, d, rows, 0, v, lossToGo, bound, out, 0)
    for (let k = 0; k < size[0]; k++) {
      product(d, inverse, 0, reference, k * d, image, 0)
      liftInto(n, d, rows, 0, image, bound * weights[k], out, 0, u)
    }
    return finite(out)
  })
}

function finite(estimates: Float64Array): Float64Array {
  if (!allFinite(estimates)) refuse('inverse', 'such that the estimates are finite', 'one with which they overflow')
  return estimates
}

/** Writes u L - R min(u, 0), u = phi . v, for n rows; u L with R = 0. */
export function costsInto(
  n: number,
  d: number,
  rows: Float64Array,
  from: number,
  v: Float64Array,
  lossToGo: number,
  bound: number,
  out: Float64Array,
  at: number,
): void {
  inners(n, d, rows, from, v, 0, out, at)
  for (let k = at; k < at + n; k++) out[k] = out[k] * lossToGo - bound * Math.min(out[k], 0)
}

/** Adds weight min(phi . image, 0) for n rows, image = G phi(y, b); `u` is n numbers of memory. */
export function liftInto(
  n: number,
  d: number,
  rows: Float64Array,
  from: number,
  image: Float64Array,
  weight: number,
  out: Float64Array,
  at: number,
  u: Float64Array,
): void {
  inners(n, d, rows, from, image, 0, u, 0)
  for (let k = 0; k < n; k++) out[at + k] += weight * Math.min(u[k], 0)
}
