import { number, pow, refuse } from '@opt/core'
import { pNorm } from '../linear/p-norm.ts'
import { inner, largest, powerOfTwoNear, squaredDistance } from '../linear/vectors.ts'
import { type MirrorMap, mirrorMap } from './mirror-map.ts'

/** phi(x) = ||x||^2 / 2: the gradient is x itself, the divergence ||x - y||^2 / 2. */
export const euclideanMap = (): MirrorMap =>
  mirrorMap('euclideanMap', {
    sign: 'any',
    value: (x) => inner(x, x) / 2,
    gradientInPlace: () => {},
    inverseGradientInPlace: () => {},
    divergence: (x, y) => squaredDistance(x, y) / 2,
  })

/**
 * Replaces x by the gradient of ||x||_p^2 / 2, sign(x_i) ||x||_p (|x_i| / ||x||_p)^(p - 1), with one
 * power an entry: those of the norm are the same times |x_i|.
 */
function gradientInPlace(x: Float64Array, p: number): void {
  const scale = largest(x)
  if (scale === 0) return
  let sum = 0
  for (let i = 0; i < x.length; i++) {
    const share = Math.abs(x[i]) / scale
    const power = pow(share, p - 1)
    sum += power * share
    x[i] = x[i] < 0 ? -power : power
  }
  const growth = pow(sum, 1 / p)
  const factor = (scale * growth) / pow(growth, p - 1)
  for (let i = 0; i < x.length; i++) x[i] *= factor
}

/**
 * phi(x) = ||x||_p^2 / 2, between the Euclidean map, p = 2, and one like the entropy, p near 1
 * (Gentile, 2003, takes p = 1 + 1 / log n). The inverse gradient is the gradient of ||y||_q^2 / 2,
 * 1/p + 1/q = 1.
 *
 * @param p > 1, at most 1e6, and so that q is too.
 */
export function pNormMap(p: number): MirrorMap {
  if (!(number(p, 'pNormMap: p', { max: 1e6 }) >= 1 + 1e-6)) refuse('pNormMap: p', 'at least 1 + 1e-6', String(p))
  if (p === 2) return euclideanMap()
  const q = p / (p - 1)
  const value = (x: Float64Array) => {
    const size = pNorm(x, p)
    return (size * size) / 2
  }
  return mirrorMap('pNormMap', {
    sign: 'any',
    value,
    gradientInPlace: (x) => gradientInPlace(x, p),
    inverseGradientInPlace: (y) => gradientInPlace(y, q),
    divergence(x, y) {
      // phi grows with the square of the unit.
      const unit = powerOfTwoNear(Math.max(largest(x), largest(y)))
      const [from, to] = [x, y].map((point) => point.map((v) => v / unit))
      const slope = to.slice()
      gradientInPlace(slope, p)
      let along = 0
      for (let i = 0; i < from.length; i++) along += slope[i] * (from[i] - to[i])
      return (value(from) - value(to) - along) * unit * unit
    },
  })
}
