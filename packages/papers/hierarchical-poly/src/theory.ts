import {
  callback,
  calling,
  exp,
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  refuse,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'

/** The step and the end of the trapezoidal rule: for analytic functions its error is below rounding. */
const STEP = 1 / 128
const END = 14

/**
 * Computes the normalised Hermite coefficients of a function, c_j = E g(z) He_j(z) / sqrt(j!) for z ~ N(0, 1), by the
 * trapezoidal rule on [-14, 14]. The first stage sees c_1 = E g'(z) only: where it is 0, the method fails.
 *
 * @param g a function that is smooth, or has kinks (errors then are about 1e-6), and grows slower than exp(z^2 / 4).
 * @param order the last j, 0 to 20.
 * @returns order + 1 numbers.
 * @throws TypeError or RangeError when an argument is invalid or g is not finite on [-14, 14].
 */
export function hermiteCoefficients(g: (z: number) => number, order: number): Float64Array {
  return calling('hermiteCoefficients', () => {
    callback(g, 'g')
    number(order, 'order', { integer: true, min: 0, max: 20 })
    const roots = Float64Array.from({ length: order + 2 }, (_, j) => Math.sqrt(j))
    const sums = new Float64Array(order + 1)
    const scale = 0.3989422804014327 * STEP
    for (let k = -END / STEP; k <= END / STEP; k++) {
      const z = k * STEP
      const value = number(g(z), `g(${z})`) * scale * exp((-z * z) / 2)
      let before = 0
      let now = 1
      for (let j = 0; j <= order; j++) {
        sums[j] += value * now
        const next = (z * now - roots[j] * before) / roots[j + 1]
        before = now
        now = next
      }
    }
    return sums
  })
}

/** What the first stage learns: x'M x - tr M. */
export interface LimitFeature {
  /** M, d x d. */
  matrix: Matrix
  /** <M, A> / (|M| |A|), the correlation with the true score; 0 when M is 0. */
  correlation: number
  /** sqrt(2) |M|, the deviation of the feature. */
  deviation: number
}

/**
 * Computes what the first stage learns of h = g(p(x)) from infinitely many rows of N(0, I), for a score p = x'A x - tr A
 * of variance 1 (2 |A|^2 = 1) and g = c_1 He_1 + c_2 He_2 / sqrt(2) + c_3 He_3 / sqrt(6): the degree-2 part of h,
 * M = c_1 A + (4 c_2 / sqrt(2)) A^2 + (24 c_3 / sqrt(6)) A^3.
 *
 * @param A symmetric, d x d, not 0; scaled to 2 |A|^2 = 1.
 * @param coefficients c_1, c_2 and c_3 (see {@link hermiteCoefficients}, whose first entry is c_0); up to three.
 * @throws TypeError or RangeError when A is not symmetric, or there are other than one to three coefficients.
 */
export function limitFeature(A: MatrixLike, coefficients: VectorLike): LimitFeature {
  return calling('limitFeature', () => {
    const given = matrix(A, 'A')
    const [d, columns] = given.shape
    if (d !== columns) refuse('A', 'square', `shape [${d}, ${columns}]`)
    const c = vector(coefficients, 'coefficients')
    if (c.length > 3) refuse('coefficients', 'c_1, c_2 and c_3', `${c.length} numbers`)
    const peak = given.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
    if (peak === 0) refuse('A', 'other than 0', 'zeros')
    const unit = given.data.map((v) => v / peak)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < i; j++)
        if (Math.abs(unit[i * d + j] - unit[j * d + i]) > 1e-10)
          refuse(`A[${j}][${i}]`, `equal to A[${i}][${j}] = ${given.data[i * d + j]}`, String(given.data[j * d + i]))
    const norm = Math.sqrt(2 * inner(unit, unit))
    const a = unit.map((v) => v / norm)
    const square = product(a, a, d)
    const cube = product(square, a, d)
    const [c1, c2 = 0, c3 = 0] = c
    const [two, three] = [(4 * c2) / Math.SQRT2, (24 * c3) / Math.sqrt(6)]
    const M = a.map((v, k) => c1 * v + two * square[k] + three * cube[k])
    const size = Math.sqrt(inner(M, M))
    if (!Number.isFinite(size)) refuse('coefficients', 'of squares within the range of doubles', `${c}`)
    return {
      matrix: ndarray(M, [d, d]),
      correlation: size === 0 ? 0 : inner(M, a) / (size * Math.sqrt(inner(a, a))),
      deviation: Math.SQRT2 * size,
    }
  })
}

function inner(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let k = 0; k < x.length; k++) sum += x[k] * y[k]
  return sum
}

function product(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d * d)
  for (let i = 0; i < d; i++)
    for (let k = 0; k < d; k++) for (let j = 0; j < d; j++) out[i * d + j] += a[i * d + k] * b[k * d + j]
  return out
}
