import { calling, exp, log, log1p, type MatrixLike, oneOf } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { powerOfTwo, symmetricMatrix } from './symmetric-matrix.ts'

/** Step of the quadrature in log t. */
const STEP = 0.05

/**
 * Computes gamma of E|z_{j+1} - z*|^2 <= (1 - gamma) |z_j - z*|^2 for sketch-and-project on K z = b, the least eigenvalue
 * of E[K S (S'K^2 S)^+ S'K] (Gower and Richtarik 2015), on which the local rate of the paper rests.
 *
 * 'kaczmarz', rows drawn uniformly: lambda_min(K D^-1 K) / N with D = diag(|K_i|^2). 'weighted', in proportion to |K_i|^2:
 * sigma_min(K)^2 / |K|_F^2. 'gaussian', one vector: an integral over the eigenvalues of K^2, accurate to 1e-8.
 *
 * @param K symmetric, N x N.
 * @returns between 0, for a singular K, and 1.
 * @throws TypeError or RangeError when an argument is wrong, or K not symmetric up to rounding.
 */
export function contractionRate(K: MatrixLike, sampling: 'kaczmarz' | 'weighted' | 'gaussian'): number {
  return calling('contractionRate', () => {
    const { data, N } = symmetricMatrix(K, 'K')
    oneOf(sampling, 'sampling', ['kaczmarz', 'weighted', 'gaussian'])
    const scale = powerOfTwo(data)
    const A = data.map((entry) => entry / scale)
    const rate = sampling === 'kaczmarz' ? uniformRate(A, N) : rateOfSpectrum(A, N, sampling)
    return Math.min(1, Math.max(0, rate))
  })
}

function uniformRate(K: Float64Array, N: number): number {
  const scaled = new Float64Array(N * N)
  let rows = 0
  for (let i = 0; i < N; i++) {
    let squared = 0
    for (let j = 0; j < N; j++) squared += K[i * N + j] * K[i * N + j]
    if (squared === 0) continue
    rows++
    for (let j = 0; j < N; j++) scaled[i * N + j] = K[i * N + j] / Math.sqrt(squared)
  }
  if (rows < N) return 0
  const product = new Float64Array(N * N)
  for (let i = 0; i < N; i++)
    for (let k = 0; k < N; k++) for (let j = 0; j < N; j++) product[i * N + j] += scaled[k * N + i] * scaled[k * N + j]
  return symmetricEigen(ndarray(product, [N, N]), { vectors: false }).values[0] / N
}

function rateOfSpectrum(K: Float64Array, N: number, sampling: 'weighted' | 'gaussian'): number {
  const squares = symmetricEigen(ndarray(K, [N, N]), { vectors: false })
    .values.map((value) => value * value)
    .sort()
  const total = squares.reduce((sum, value) => sum + value, 0)
  if (total === 0) return 0
  if (sampling === 'weighted') return squares[0] / total
  return gaussianRate(squares.map((value) => (value / total) * N))
}

/**
 * The least of s_i * integral over t > 0 of (1 + 2 t s_i)^-1 prod_j (1 + 2 t s_j)^(-1/2), which is that of the least s_i;
 * s has mean 1.
 */
function gaussianRate(s: Float64Array): number {
  const least = s[0]
  if (!(least > 0)) return 0
  // With t = exp(u) the integrand falls exponentially at both ends, and the trapezoidal rule converges geometrically.
  const points = Math.ceil((120 - log(Math.min(1, least))) / STEP)
  let integral = 0
  for (let k = 0; k <= points; k++) {
    const u = -40 + k * STEP
    const t = exp(u)
    let logarithm = u - log1p(2 * t * least)
    for (let j = 0; j < s.length; j++) logarithm -= log1p(2 * t * s[j]) / 2
    integral += exp(logarithm)
  }
  return least * integral * STEP
}
