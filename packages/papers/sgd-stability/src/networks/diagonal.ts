import { calling, type Matrix, type MatrixLike, oneOf, type VectorLike } from '@opt/core'
import ndarray from 'ndarray'
import { boundedMatrix, boundedVector } from '../range.ts'

const KINDS = ['product', 'difference'] as const

/** How a diagonal linear network f(z) = beta . z makes its weights: beta = u v, or beta = u^2 - v^2, entry by entry. */
export type DiagonalKind = (typeof KINDS)[number]

/** Sharpness and l1 norm of a diagonal linear network. */
export interface DiagonalBounds {
  /** The weights of the linear function. */
  beta: Float64Array
  /** s_j = (1/n) sum_i z_ij^2. */
  s: Float64Array
  /** tr H at a minimum that fits all examples: sum_j s_j (u_j^2 + v_j^2), 4 times that for 'difference'. */
  trace: number
  /** |beta|_1. */
  l1: number
  /** The least trace of the same function: k sum_j s_j |beta_j|, k = 2 for 'product', 4 for 'difference'. */
  traceLowerBound: number
  /** |beta|_1 <= tr H / (k min_j s_j). Infinity when an input is 0 on all examples. */
  l1UpperBound: number
}

/**
 * Relates the sharpness of a diagonal linear network to the l1 norm of its weights.
 *
 * @param X n x d, the inputs.
 * @param u d parameters.
 * @param v d parameters.
 * @throws TypeError or RangeError when the shapes do not fit, an entry is not finite, or the kind is unknown.
 */
export function diagonalBounds(X: MatrixLike, u: VectorLike, v: VectorLike, kind: DiagonalKind): DiagonalBounds {
  return calling('diagonalBounds', () => {
    const net = network(u, v, kind)
    const { data, rows: n, columns: d } = boundedMatrix(X, 'X', net.d)
    const s = new Float64Array(d)
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) s[j] += (data[i * d + j] * data[i * d + j]) / n
    const k = kind === 'product' ? 2 : 4
    let [trace, lower, l1] = [0, 0, 0]
    for (let j = 0; j < d; j++) {
      trace += s[j] * net.blocks[j]
      lower += k * s[j] * Math.abs(net.beta[j])
      l1 += Math.abs(net.beta[j])
    }
    const least = s.reduce((a, b) => Math.min(a, b))
    const l1UpperBound = l1 === 0 ? 0 : least === 0 ? Infinity : trace / (k * least)
    return { beta: net.beta, s, trace, l1, traceLowerBound: lower, l1UpperBound }
  })
}

/** Sharpness of a diagonal linear network for inputs with E zz' = I, and the norms of beta below it. */
export interface IsotropicDiagonalBounds {
  /** tr H, at least k |beta|_1. */
  trace: number
  /** ||H||_F, at least k |beta|_2. */
  frobenius: number
  /** Largest eigenvalue of H, at least k |beta|_inf. */
  lambdaMax: number
  /** k |beta|_1, k = 2 for 'product', 4 for 'difference'. */
  traceLowerBound: number
  /** k |beta|_2. */
  frobeniusLowerBound: number
  /** k |beta|_inf. */
  lambdaMaxLowerBound: number
}

/**
 * Computes the sharpness of a diagonal linear network for inputs with E zz' = I, where H has one eigenvalue for
 * each input. SGD's bound on the trace controls the l1 norm; that of gradient descent, on the largest
 * eigenvalue, only the largest |weight|.
 *
 * @param u d parameters.
 * @param v d parameters.
 * @throws TypeError or RangeError when the lengths do not fit, an entry is not finite, or the kind is unknown.
 */
export function isotropicDiagonalBounds(u: VectorLike, v: VectorLike, kind: DiagonalKind): IsotropicDiagonalBounds {
  return calling('isotropicDiagonalBounds', () => {
    const { beta, blocks } = network(u, v, kind)
    const k = kind === 'product' ? 2 : 4
    const of = (values: Float64Array) => {
      let [sum, squares, peak] = [0, 0, 0]
      for (const value of values) {
        const size = Math.abs(value)
        sum += size
        squares += size * size
        peak = Math.max(peak, size)
      }
      return [sum, Math.sqrt(squares), peak]
    }
    const [trace, frobenius, lambdaMax] = of(blocks)
    const [l1, l2, peak] = of(beta)
    return {
      trace,
      frobenius,
      lambdaMax,
      traceLowerBound: k * l1,
      frobeniusLowerBound: k * l2,
      lambdaMaxLowerBound: k * peak,
    }
  })
}

/**
 * Returns the gradients of a diagonal linear network's output in its parameters: n x 2d, those in u and then
 * those in v.
 *
 * @param X n x d, the inputs.
 * @param u d parameters.
 * @param v d parameters.
 * @throws TypeError or RangeError when the shapes do not fit, an entry is not finite, or the kind is unknown.
 */
export function diagonalGradients(X: MatrixLike, u: VectorLike, v: VectorLike, kind: DiagonalKind): Matrix {
  return calling('diagonalGradients', () => {
    const net = network(u, v, kind)
    const { data, rows: n, columns: d } = boundedMatrix(X, 'X', net.d)
    const out = new Float64Array(2 * n * d)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < d; j++) {
        const z = data[i * d + j]
        out[2 * i * d + j] = kind === 'product' ? net.v[j] * z : 2 * net.u[j] * z
        out[(2 * i + 1) * d + j] = kind === 'product' ? net.u[j] * z : -2 * net.v[j] * z
      }
    return ndarray(out, [n, 2 * d])
  })
}

/**
 * Returns the parameters of least trace with the same beta: |u_j| = |v_j| for 'product'; for 'difference' the
 * smaller of the two is 0.
 *
 * @param u d parameters; not changed.
 * @param v d parameters; not changed.
 * @throws TypeError or RangeError when the lengths do not fit, an entry is not finite, or the kind is unknown.
 */
export function balanceDiagonal(
  u: VectorLike,
  v: VectorLike,
  kind: DiagonalKind,
): { u: Float64Array; v: Float64Array } {
  return calling('balanceDiagonal', () => {
    const { beta } = network(u, v, kind)
    const roots = beta.map((b) => Math.sqrt(Math.abs(b)))
    if (kind === 'product') return { u: roots, v: roots.map((root, j) => (beta[j] < 0 ? -root : root)) }
    return {
      u: roots.map((root, j) => (beta[j] > 0 ? root : 0)),
      v: roots.map((root, j) => (beta[j] < 0 ? root : 0)),
    }
  })
}

function network(first: VectorLike, second: VectorLike, kind: DiagonalKind) {
  oneOf(kind, 'kind', KINDS)
  const u = boundedVector(first, 'u')
  const d = u.length
  const v = boundedVector(second, 'v', d)
  const pairs = kind === 'product' ? (j: number) => u[j] * v[j] : (j: number) => (u[j] - v[j]) * (u[j] + v[j])
  const scale = kind === 'product' ? 1 : 4
  return {
    d,
    u,
    v,
    beta: Float64Array.from({ length: d }, (_, j) => pairs(j)),
    /** What each input, of variance 1, adds to the trace. */
    blocks: Float64Array.from({ length: d }, (_, j) => scale * (u[j] * u[j] + v[j] * v[j])),
  }
}
