import {
  calling,
  exp,
  log1p,
  type Matrix,
  type MatrixLike,
  matrix,
  normalCdf,
  nrm2,
  number,
  options,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { operatorNorm } from '../network/operator-norm.ts'
import { project, rowSpace, times } from './matrices.ts'

/** Options of {@link gaussianLinear}. */
export interface GaussianLinearOptions {
  /** mu: X given Y is normal around Y mu. */
  mean: VectorLike
  /** s: the standard deviation of every coordinate. */
  noise: number
  /** n: number of training examples, at least 2. */
  samples: number
  /** The weights of the layers, outputs x inputs each, from the inputs on; independent of the data. */
  weights: readonly MatrixLike[]
  /** theta: the mean of Y_i X_i over the training examples. */
  estimate: VectorLike
}

/** A layer of {@link gaussianLinear}; the first one is the inputs. */
export interface GaussianLayer {
  /** Rank of the product A of the weights below; a row is dependent where less than 1e-11 of the longest row is left. */
  rank: number
  /** D_l given theta: that of (T_l, Y) between a training example and a new one. */
  kl: number
  /** Its expectation over the data, (rank / 2) ln(n / (n - 1)). Not for layers that depend on the data. */
  expectedKl: number
  /** w1Lower <= W1 <= w1Upper given theta. */
  w1Lower: number
  w1Upper: number
  /** Bound of the expectation of W1 over the data. */
  expectedW1Upper: number
  /** Operator norm of the product of the weights above, and the product of their norms, which is no less. */
  tailNorm: number
  tailProduct: number
  /** Test error minus training error of the classifier sign(t . T_l), t = A theta. */
  gapZeroOne: number
  /** sqrt(kl / 2) >= |gapZeroOne|. */
  boundZeroOne: number
  /** Test hinge loss minus training hinge loss of that classifier. */
  gapHinge: number
  /** |t| w1Upper >= |gapHinge|. */
  boundHinge: number
  /** tailNorm w1Upper >= |gap| of every 1-Lipschitz loss of the outputs. */
  boundLipschitz: number
}

/**
 * Computes the bounds and the gaps exactly for two normal classes, Y = +-1 with equal chances and X | Y ~ N(Y mu, s^2 I),
 * a linear network, and the classifier of the training mean theta. Given theta, Y_i X_i ~ N(theta, s^2 (1 - 1/n) I).
 *
 * @returns one entry for the inputs and one per layer.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function gaussianLinear(given: GaussianLinearOptions): GaussianLayer[] {
  return calling('gaussianLinear', () => {
    const names = ['mean', 'noise', 'samples', 'weights', 'estimate'] as const
    const { mean, noise: s, samples: n, weights, estimate } = options(given, 'options', names)
    const mu = vector(mean, 'mean')
    const theta = vector(estimate, 'estimate', { length: mu.length })
    number(s, 'noise', { positive: true, max: LARGE })
    for (const [label, list] of Object.entries({ mean: mu, estimate: theta }))
      list.forEach((entry, j) => number(entry, `${label}[${j}]`, { min: -LARGE, max: LARGE }))
    number(n, 'samples', { integer: true, min: 2 })
    const layers = network(weights, mu.length)
    const v = theta.map((t, j) => t - mu[j])
    const q = Math.sqrt(1 - 1 / n)
    // 1 - sqrt(1 - 1/n) without cancellation.
    const shrink = 1 / n / (1 + q)

    let A = identity(mu.length)
    return [undefined, ...layers].map((layer, l) => {
      if (layer) A = product(layer, A)
      const basis = rowSpace(A)
      const rank = basis.length
      const shift = nrm2(times(A, v))
      const spread = nrm2(A.data)
      const part = project(basis, v) / s
      if (!(part < LARGE)) refuse('estimate', `within ${LARGE} noise of the mean`, `at ${part}`)
      if (!(spread < LARGE)) refuse('weights', `of products below ${LARGE}`, `${spread}`)
      const kl = Math.max(0, (rank * (-1 / n - log1p(-1 / n)) + part * part) / 2)
      const w1Upper = length(shift, s * shrink * spread)
      const above = layers.slice(l)
      const tailNorm = above.length === 0 ? 1 : operatorNorm(above.reduce((below, next) => product(next, below)))
      const classifier = gaps(A, { mu, theta, s, q })
      return {
        rank,
        kl,
        expectedKl: (-rank * log1p(-1 / n)) / 2,
        w1Lower: shift,
        w1Upper,
        expectedW1Upper: s * spread * length(Math.sqrt(1 / n), shrink),
        tailNorm,
        tailProduct: above.reduce((norms, next) => norms * operatorNorm(next), 1),
        gapZeroOne: classifier.zeroOne,
        boundZeroOne: Math.sqrt(kl / 2),
        gapHinge: classifier.hinge,
        boundHinge: classifier.norm * w1Upper,
        boundLipschitz: tailNorm * w1Upper,
      }
    })
  })
}

/** Squares of larger numbers would overflow, and products of smaller ones than its inverse underflow. */
const LARGE = 1e100

/** Checks the weights, each of as many columns as the layer below has rows. */
function network(weights: readonly MatrixLike[], inputs: number): Matrix[] {
  if (!Array.isArray(weights)) refuse('weights', 'an array of matrices', show(weights), 'type')
  let columns = inputs
  let size = 1
  return Array.from(weights, (given: MatrixLike, l) => {
    const layer = matrix(given, `weights[${l}]`, { columns })
    columns = layer.shape[0]
    size *= nrm2(layer.data) || 1
    if (!(size > 1 / LARGE)) refuse('weights', `zero, or of norms whose product is above ${1 / LARGE}`, `${size}`)
    return layer
  })
}

/** The gaps of sign(t . T), t = A theta, and |t|. Zero for t = 0, which decides nothing. */
function gaps(
  A: Matrix,
  { mu, theta, s, q }: { mu: Float64Array; theta: Float64Array; s: number; q: number },
): { zeroOne: number; hinge: number; norm: number } {
  const t = times(A, theta)
  const norm = nrm2(t)
  const direction = t.map((entry) => entry / (norm || 1))
  const deviation = s * nrm2(times(transposed(A), direction))
  if (!(norm > 0 && deviation > 0)) return { zeroOne: 0, hinge: 0, norm }
  const along = (x: Float64Array) => times(A, x).reduce((sum, entry, i) => sum + entry * direction[i], 0)
  const [fresh, seen] = [along(mu), along(theta)]
  return {
    zeroOne: normalCdf(-fresh / deviation) - normalCdf(-seen / (q * deviation)),
    hinge: hinge(norm * fresh, norm * deviation) - hinge(norm * seen, norm * q * deviation),
    norm,
  }
}

/** E max(0, 1 - M) for M ~ N(m, sd^2). */
function hinge(m: number, sd: number): number {
  if (sd === 0) return Math.max(0, 1 - m)
  const z = (1 - m) / sd
  return (1 - m) * normalCdf(z) + (sd * exp((-z * z) / 2)) / 2.5066282746310002
}

const length = (x: number, y: number): number => nrm2([x, y])

const identity = (n: number): Matrix =>
  ndarray(
    Float64Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0)),
    [n, n],
  )

const transposed = ({ data, shape: [m, n] }: Matrix): Matrix =>
  ndarray(
    Float64Array.from(data, (_, at) => data[(at % m) * n + Math.floor(at / m)]),
    [n, m],
  )

function product(A: Matrix, B: Matrix): Matrix {
  const [m, k] = A.shape as [number, number]
  const n = B.shape[1]
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++)
    for (let l = 0; l < k; l++) for (let j = 0; j < n; j++) out[i * n + j] += A.data[i * k + l] * B.data[l * n + j]
  return ndarray(out, [m, n])
}
