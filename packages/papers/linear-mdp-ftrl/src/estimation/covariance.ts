import {
  allFinite,
  calling,
  log,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  options as optionsOf,
  refuse,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray, { type NdArray } from 'ndarray'
import { addOuter, invertSymmetric, quadratic, tooSmall } from '../matrices.ts'

/** The contraction of geometric resampling. */
const C = 0.5

/** Options of {@link inverseCovariance}. */
export interface InverseCovarianceOptions {
  /** gamma, positive. */
  regularization: number
  /** Default 'direct'. */
  method?: 'direct' | 'geometric'
  /** 'geometric': the samples of each chain, N. Default: that of {@link geometricSize} for the error .1. */
  chain?: number
  /** 'direct': nonnegative weights of the rows. Default 1. */
  weights?: VectorLike
}

/**
 * Estimates (Sigma + gamma I)^-1 from rows phi with E phi phi' = Sigma.
 *
 * 'direct' inverts gamma I + (1/n) sum w phi phi', the better way of the two. 'geometric' is matrix geometric
 * resampling: the mean over chains of (1/2) sum_{i=0..N} Z_i with Z_0 = I, Z_i = Z_{i-1} (I - (gamma I + phi_i phi_i')
 * / 2); needs |phi| <= 1, is not symmetric, has the mean G (I - (I - (Sigma + gamma I) / 2)^(N+1)).
 *
 * @param rows n x d.
 * @returns d x d.
 * @throws TypeError or RangeError when an argument is wrong, a chain is longer than the samples, or the covariance
 *   cannot be inverted in float64.
 */
export function inverseCovariance(rows: MatrixLike, options: InverseCovarianceOptions): NdArray<Float64Array> {
  return calling('inverseCovariance', () => {
    const { data, shape } = matrix(rows, 'rows')
    const [n, d] = shape
    const {
      regularization,
      method = 'direct',
      chain,
      weights,
    } = optionsOf(options, 'options', ['regularization', 'method', 'chain', 'weights'])
    number(regularization, 'regularization', { positive: true })
    oneOf(method, 'method', ['direct', 'geometric'])
    const out = new Float64Array(d * d)
    const memory = new Float64Array(d * d + d)
    if (method === 'geometric') {
      if (weights !== undefined) refuse('weights', "left out with method 'geometric'", 'some', 'type')
      const steps = chain ?? chainLength(regularization)
      number(steps, 'chain', { integer: true, min: 1 })
      if (steps > n) refuse('chain', `at most the ${n} rows`, String(steps))
      geometricInto(data, 0, n, d, steps, regularization, out, 0, memory)
      if (!allFinite(out)) refuse('rows', 'of length at most 1, so that the series converges', 'longer ones')
    } else {
      if (chain !== undefined) refuse('chain', "left out with method 'direct'", String(chain), 'type')
      const w = weights === undefined ? undefined : vector(weights, 'weights', { length: n, sign: 'nonnegative' })
      for (let k = 0; k < n; k++) addOuter(d, (w ? w[k] : 1) / n, data, k * d, out, 0)
      if (!allFinite(out)) refuse('rows', 'such that their squares are finite', 'some that overflow')
      for (let i = 0; i < d; i++) out[i * d + i] += regularization
      if (!invertSymmetric(d, out, out, 0, memory)) tooSmall('regularization', regularization)
    }
    return ndarray(out, [d, d])
  })
}

/**
 * Writes the estimate of matrix geometric resampling from floor(n / chain) chains of the d-vectors in `rows`, in
 * O(d^2) a sample.
 *
 * @param memory d x d + d numbers.
 */
export function geometricInto(
  rows: Float64Array,
  from: number,
  n: number,
  d: number,
  chain: number,
  regularization: number,
  out: Float64Array,
  at: number,
  memory: Float64Array,
): void {
  const chains = Math.floor(n / chain)
  const share = C / chains
  const size = d * d
  out.fill(0, at, at + size)
  for (let m = 0; m < chains; m++) {
    memory.fill(0, 0, size)
    for (let i = 0; i < d; i++) {
      memory[i * d + i] = 1
      out[at + i * d + i] += share
    }
    for (let k = m * chain; k < (m + 1) * chain; k++) {
      const row = from + k * d
      for (let i = 0; i < d; i++) {
        let zi = 0
        for (let j = 0; j < d; j++) zi += memory[i * d + j] * rows[row + j]
        for (let j = 0; j < d; j++) {
          const z = memory[i * d + j] * (1 - C * regularization) - C * zi * rows[row + j]
          memory[i * d + j] = z
          out[at + i * d + j] += share * z
        }
      }
    }
  }
}

/** Argument of {@link geometricSize}. */
export interface GeometricSizeOptions {
  regularization: number
  /** The error, below 1. Default .1. */
  epsilon?: number
  /** With `horizon` and `episodes`: the number of chains of the theory is computed too. */
  dimension?: number
  horizon?: number
  episodes?: number
}

/** Returns N = ceil((2 / gamma) ln(1 / (eps gamma))), at least 1. */
export function chainLength(gamma: number, epsilon = 0.1): number {
  const chain = Math.max(1, Math.ceil((2 / gamma) * log(1 / (epsilon * gamma))))
  if (!(chain < Infinity)) refuse('regularization', 'larger, as the length of a chain overflows', String(gamma))
  return chain
}

/**
 * Returns the samples that the theory asks of geometric resampling: chains of N = ceil((2 / gamma) ln(1 / (eps gamma)))
 * and M = ceil(24 ln(d H K) / (eps gamma)^2) chains.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function geometricSize(options: GeometricSizeOptions): { chain: number; chains: number | undefined } {
  return calling('geometricSize', () => {
    const {
      regularization: gamma,
      epsilon = 0.1,
      dimension,
      horizon,
      episodes,
    } = optionsOf(options, 'options', ['regularization', 'epsilon', 'dimension', 'horizon', 'episodes'])
    number(gamma, 'regularization', { positive: true })
    if (!(number(epsilon, 'epsilon', { positive: true }) < 1)) refuse('epsilon', 'below 1', String(epsilon))
    const chain = chainLength(gamma, epsilon)
    const given = { dimension, horizon, episodes }
    let product = 1
    for (const [name, value] of Object.entries(given))
      if (value !== undefined) product *= number(value, name, { integer: true, min: 1 })
    const complete = Object.values(given).every((value) => value !== undefined)
    const chains = complete
      ? Math.max(1, Math.ceil((24 * log(product)) / (epsilon * gamma * epsilon * gamma)))
      : undefined
    if (chains === Infinity) refuse('regularization', 'larger', String(gamma))
    return { chain, chains }
  })
}

/**
 * Bounds the error |phi' Ghat Sigma w - phi . w| of the direct inverse Ghat = (Shat + gamma I)^-1 by (sqrt(gamma) |w| +
 * eps (1 - eps)^-1/2 sqrt(w' Sigma w + gamma |w|^2)) |phi|_Ghat, where eps is the spectral norm of
 * (Sigma + gamma I)^-1/2 (Shat - Sigma) (Sigma + gamma I)^-1/2.
 *
 * @param options phi, w: vectors of length d; covariance, inverse: d x d; epsilon: in [0, 1).
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function directBias(options: {
  phi: VectorLike
  w: VectorLike
  covariance: MatrixLike
  inverse: MatrixLike
  regularization: number
  epsilon: number
}): number {
  return calling('directBias', () => {
    const given = optionsOf(options, 'options', ['phi', 'w', 'covariance', 'inverse', 'regularization', 'epsilon'])
    const phi = vector(given.phi, 'phi')
    const d = phi.length
    const w = vector(given.w, 'w', { length: d })
    const sigma = matrix(given.covariance, 'covariance', { rows: d, columns: d }).data
    const inverse = matrix(given.inverse, 'inverse', { rows: d, columns: d }).data
    const gamma = number(given.regularization, 'regularization', { positive: true })
    const eps = number(given.epsilon, 'epsilon', { nonnegative: true })
    if (!(eps < 1)) refuse('epsilon', 'below 1', String(eps))
    let square = 0
    for (const v of w) square += v * v
    const spread = quadratic(d, sigma, 0, w, 0) + gamma * square
    const length = Math.sqrt(quadratic(d, inverse, 0, phi, 0))
    const bound = (Math.sqrt(gamma * square) + (eps / Math.sqrt(1 - eps)) * Math.sqrt(spread)) * length
    if (!(bound < Infinity))
      refuse('covariance', 'positive semidefinite, as the inverse, of numbers whose squares are finite', 'others')
    return bound
  })
}
