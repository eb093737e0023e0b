import { type MatrixView, matrixView } from '@opt/core'
import { scaled } from '../penalties/residuals.ts'
import { addThird, applyS } from './curvature.ts'
import type { HeadRows } from './head-rows.ts'
import { hasOnePass, pullBackInOnePass } from './one-pass.ts'

/**
 * What a penalty's differential is made of: sums of multiples of a domain's loss, its scalar q, and inner products with
 * its gradient, Hessian products, diagonal and gradient variance, with these fixed factors. With one output, the diagonal or
 * the variance stand beside loss and gradient only.
 */
export interface Cotangent {
  /** times L */
  loss?: number | undefined
  /** times q = <theta, g> */
  irm?: number | undefined
  /** <M, g> */
  gradient?: Float64Array | undefined
  /** Pairs (A, B) of <B, H A>. */
  products?: readonly (readonly [A: Float64Array, B: Float64Array])[] | undefined
  /** <M, diag H> */
  diagonal?: Float64Array | undefined
  /** <M, v> */
  variance?: Float64Array | undefined
}

/** Returns a cotangent times a number. */
export function timesFactor(cotangent: Cotangent, factor: number): Cotangent {
  if (factor === 1) return cotangent
  const { loss = 0, irm = 0, gradient, products, diagonal, variance } = cotangent
  const times = (x: Float64Array | undefined) => x && scaled(x, factor)
  return {
    loss: factor * loss,
    irm: factor * irm,
    gradient: times(gradient),
    products: products?.map(([A, B]) => [A, scaled(B, factor)]),
    diagonal: times(diagonal),
    variance: times(variance),
  }
}

/**
 * Adds the gradient of a combination of a domain's statistics: in theta to `gradTheta`, in its features to the
 * workspace's `gradZ`. Every part is linear in its factor, so that the gradient of any penalty is one such call per domain.
 */
export function pullBack(domain: HeadRows, cotangent: Cotangent, gradTheta: Float64Array): void {
  if (hasOnePass(domain, cotangent)) {
    pullBackInOnePass(domain, cotangent, gradTheta)
    return
  }
  const { space, n, K, Z, p, r, w, logits, theta, first } = domain
  const { features: d } = space.sizes
  const { a, b, c, gradLogits: dU } = space
  const gradZ = matrixView(space.gradZ.subarray(first * d, (first + n) * d), n, d)
  const size = n * K
  dU.fill(0, 0, size)
  const { loss, irm, gradient, products = [], diagonal, variance } = cotangent

  if (loss) for (let i = 0; i < size; i++) dU[i] += (loss / n) * r[i]
  if (irm) {
    applyS(n, K, p, w, logits, a)
    for (let i = 0; i < size; i++) dU[i] += (irm / n) * (r[i] + a[i])
  }
  if (gradient) {
    space.times(Z, gradient, a)
    applyS(n, K, p, w, a, a)
    for (let i = 0; i < size; i++) dU[i] += a[i] / n
    space.collect(r, gradient, 1 / n, gradZ)
  }
  for (const [A, B] of products) {
    space.times(Z, A, a)
    space.times(Z, B, b)
    addThird(n, K, { p, w }, a, b, 1 / n, dU)
    applyS(n, K, p, w, a, a)
    applyS(n, K, p, w, b, b)
    space.collect(b, A, 1 / n, gradZ)
    space.collect(a, B, 1 / n, gradZ)
  }
  if (diagonal) {
    space.times(domain.squares, diagonal, a)
    for (let i = 0; i < size; i++) a[i] *= 1 - 2 * p[i]
    applyS(n, K, p, w, a, a)
    for (let i = 0; i < size; i++) dU[i] += a[i] / n
    addTimesZ(domain, w, diagonal, 2 / n, gradZ)
  }
  if (variance) {
    const scaled = variance.map((m, j) => m * domain.gradient[j])
    space.times(domain.squares, variance, a)
    space.times(Z, scaled, b)
    for (let i = 0; i < size; i++) a[i] = 2 * (r[i] * a[i] - b[i])
    applyS(n, K, p, w, a, a)
    for (let i = 0; i < size; i++) dU[i] += a[i] / n
    for (let i = 0; i < size; i++) c[i] = r[i] * r[i]
    addTimesZ(domain, c, variance, 2 / n, gradZ)
    space.collect(r, scaled, -2 / n, gradZ)
  }

  space.collect(dU, theta, 1, gradZ)
  space.flush(gradZ)
  const own = space.timesTransposed(Z, dU, 1)
  for (let j = 0; j < own.length; j++) gradTheta[j] += own[j]
}

/** Adds scale Z (X M') entry by entry. */
function addTimesZ({ space, n, Z }: HeadRows, X: Float64Array, M: Float64Array, scale: number, out: MatrixView): void {
  const { gradSquares } = space
  const { features: d, rows } = space.sizes
  gradSquares.fill(0, 0, n * d)
  space.flush(out)
  const view = matrixView(gradSquares, n, d)
  space.collect(X, M, scale, view)
  space.flush(view)
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j < d; j++, at++) out.data[at] += Z.data[i * rows + j] * gradSquares[at]
}
