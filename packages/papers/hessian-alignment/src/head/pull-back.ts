import { addThird, applyS } from './curvature.ts'
import type { Direction, HeadRows } from './head-rows.ts'

/** Two directions of one domain. */
export type Directions = readonly [A: Direction, B: Direction]

/**
 * What a penalty's differential is made of: sums of multiples of a domain's loss, its scalar q, and inner products with
 * its gradient, Hessian products, and diagonal or gradient variance, with these fixed factors.
 */
export interface Cotangent {
  /** times L */
  loss?: number | undefined
  /** times q = <theta, g> */
  irm?: number | undefined
  /** <M, g> */
  gradient?: Float64Array | undefined
  /** Pairs of <B, H A>. */
  products?: Iterable<Directions> | undefined
  /** <M, diag H>; not beside `variance`. */
  diagonal?: Float64Array | undefined
  /** <M, v> */
  variance?: Float64Array | undefined
}

/**
 * Pulls `weight` times a combination of a domain's statistics, and `lossWeight` times its loss, back to theta and the
 * features: adds the gradient in theta to `gradTheta`, and writes that in the features into the workspace's `gradZ`. The
 * gradient of any penalty is one such call per domain.
 */
export function pullBack(
  domain: HeadRows,
  cotangent: Cotangent,
  { weight, lossWeight }: { weight: number; lossWeight: number },
  gradTheta: Float64Array,
): void {
  const { space, n, K, Z, p, r, w, logits, theta, first } = domain
  const { a, b, gradLogits: dU } = space
  const size = n * K
  const scale = weight / n
  const { loss = 0, irm = 0, products = [], diagonal, variance } = cotangent
  const squares = diagonal ?? variance
  let [add, timesZ] = [false, squares !== undefined]
  const release = () => {
    space.release(first, n, { add, timesZ })
    ;[add, timesZ] = [true, false]
  }
  /** Adds weight X M' / n to the gradient in the features. */
  const collect = (X: Float64Array, M: Float64Array) => {
    if (space.full) release()
    space.collect(n, X, M, scale)
  }
  /** Adds weight S x / n to the gradient in the logits. */
  const addS = (x: Float64Array) => {
    applyS(n, K, p, w, x, a)
    for (let i = 0; i < size; i++) dU[i] += scale * a[i]
  }

  const ofLoss = (loss + irm) * scale + lossWeight / n
  for (let i = 0; i < size; i++) dU[i] = ofLoss * r[i]
  if (squares) {
    // The term that is multiplied by Z comes first.
    space.times(Z, squares, b, true)
    for (let i = 0; i < size; i++) {
      b[i] *= diagonal ? 1 - 2 * p[i] : 2 * r[i]
      a[i] = 2 * (diagonal ? w[i] : r[i] * r[i])
    }
    collect(a, squares)
    addS(b)
  }
  if (irm) {
    applyS(n, K, p, w, logits, a)
    for (let i = 0; i < size; i++) dU[i] += irm * scale * a[i]
  }
  const M = gradientFactor(domain, cotangent)
  if (M) {
    space.times(Z, M, a)
    addS(a)
    collect(r, M)
  }
  for (const [A, B] of products) {
    addThird(n, K, { p, w }, A.ZV, B.ZV, scale, dU)
    applyS(n, K, p, w, B.ZV, b)
    collect(b, A.V)
    applyS(n, K, p, w, A.ZV, a)
    collect(a, B.V)
  }

  if (space.full) release()
  space.collect(n, dU, theta, 1)
  release()
  const own = space.timesTransposed(Z, dU, 1)
  for (let j = 0; j < own.length; j++) gradTheta[j] += own[j]
}

/** The factor of g: as v = (Z^2)'R^2 / n - g^2, the second part of <V, v> is that of <-2 V g, g>. */
function gradientFactor({ gradient }: HeadRows, { gradient: M, variance }: Cotangent): Float64Array | undefined {
  if (!variance) return M
  return variance.map((v, j) => (M ? M[j] : 0) - 2 * v * gradient[j])
}
