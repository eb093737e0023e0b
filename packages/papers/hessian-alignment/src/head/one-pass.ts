import type { HeadRows } from './head-rows.ts'
import type { Cotangent } from './pull-back.ts'

/** Whether a combination has squares of the features under one output. */
export const hasOnePass = ({ K }: HeadRows, { diagonal, variance }: Cotangent): boolean =>
  K === 1 && (diagonal ?? variance) !== undefined

/**
 * The pull-back of <M, g> + <D, diag H> or <M, g> + <V, v> in two passes over Z. As v = (Z^2)'R^2 / n - g^2, its second
 * part is that of <-2 V g, g>, and joins M.
 */
export function pullBackInOnePass(
  domain: HeadRows,
  { loss = 0, gradient, diagonal, variance }: Cotangent,
  gradTheta: Float64Array,
): void {
  const { space, n, Z, p, r, w, theta, first } = domain
  const { features: d } = space.sizes
  const { a, b, c, gradLogits: dU } = space
  const squares = (diagonal ?? variance)!
  const M = gradient ? gradient.slice() : new Float64Array(theta.length)
  if (variance) for (let j = 0; j < M.length; j++) M[j] -= 2 * variance[j] * domain.gradient[j]

  space.twoProducts(Z, M, squares, a, b)
  for (let i = 0; i < n; i++) {
    const slope = diagonal ? 1 - 2 * p[i] : 2 * r[i]
    dU[i] = (loss * r[i] + w[i] * (a[i] + slope * b[i])) / n
    c[i] = (2 / n) * (diagonal ? w[i] : r[i] * r[i])
    a[i] = r[i] / n
  }
  const parts = [
    [a, M],
    [dU, theta],
    [c, squares],
  ] as const
  const own = space.featureGradient(Z, parts, space.gradZ.subarray(first * d, (first + n) * d))
  for (let j = 0; j < own.length; j++) gradTheta[j] += own[j]
}
