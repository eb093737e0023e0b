import { number } from '@opt/core'
import { checkFraction, msvrGamma } from './msvr.ts'

/**
 * Returns the step of y_i below which it comes to rest, (4 - 2 alpha) / (L (alpha m / I + 2 gamma)), for blocks that are
 * sampled in turn and without noise; the same holds for v_i in version 2. Since blocks are drawn at random, take half of
 * it or less.
 *
 * Between two visits, y_i takes m / I steps along one estimate s; at a visit, s becomes
 * (1 - alpha - gamma tau L) s + alpha L y_i, for a lower level of curvature L. The step is the largest for which the
 * eigenvalues of this recursion are within the unit circle; for I = m it is 2 / L, that of gradient descent.
 *
 * @param m number of blocks.
 * @param I number of blocks in a step, 1 to m.
 * @param alpha in (0, 1].
 * @param L largest curvature of a lower level in y, > 0.
 * @param gamma default {@link msvrGamma}.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function stableTau(m: number, I: number, alpha: number, L: number, gamma?: number): number {
  const name = 'stableTau: '
  number(m, `${name}m`, { integer: true, min: 1 })
  number(I, `${name}I`, { integer: true, min: 1, max: m })
  checkFraction(alpha, `${name}alpha`)
  number(L, `${name}L`, { positive: true })
  if (gamma !== undefined) number(gamma, `${name}gamma`, { nonnegative: true })
  return (4 - 2 * alpha) / (alpha * (m / I) + 2 * (gamma ?? msvrGamma(m, I, alpha))) / L
}
