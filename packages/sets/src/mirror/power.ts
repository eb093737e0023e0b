import { number, pow } from '@opt/core'
import { largest, length, powerOfTwoNear } from '../linear/vectors.ts'
import { type MirrorMap, mirrorMap } from './mirror-map.ts'

const exponent = (q: number, name: string) => number(q, `${name}: q`, { min: 2, max: 1000 })

/**
 * phi(x) = 2^(q-2)/q sum |x_i|^q, q >= 2: uniformly convex, as its divergence is at least
 * ||x - y||_q^q / q. Mirror descent with it needs only the moment of order p = q / (q - 1) of the
 * noise. Gradient 2^(q-2) sign(x_i) |x_i|^(q-1); for q = 2 it is {@link euclideanMap}.
 *
 * @param q from 2 to 1000.
 */
export function powerMap(q: number): MirrorMap {
  const scale = pow(2, exponent(q, 'powerMap') - 2)
  const power = (x: Float64Array) => x.reduce((sum, v) => sum + pow(Math.abs(v), q), 0)
  return mirrorMap('powerMap', {
    sign: 'any',
    value: (x) => (scale / q) * power(x),
    gradientInPlace(x) {
      for (let i = 0; i < x.length; i++) x[i] = Math.sign(x[i]) * (scale * pow(Math.abs(x[i]), q - 1))
    },
    inverseGradientInPlace(y) {
      for (let i = 0; i < y.length; i++) y[i] = Math.sign(y[i]) * pow(Math.abs(y[i]) / scale, 1 / (q - 1))
    },
    divergence(x, y) {
      const unit = unitOf(x, y)
      let sum = 0
      for (let i = 0; i < x.length; i++) {
        const to = Math.abs(y[i] / unit)
        const along = Math.sign(y[i]) * pow(to, q - 1) * (x[i] / unit - y[i] / unit)
        sum += Math.max((pow(Math.abs(x[i] / unit), q) - pow(to, q)) / q - along, 0)
      }
      return sum > 0 ? scale * sum * pow(unit, q) : 0
    },
  })
}

/**
 * phi(x) = 2^(q-2)/q ||x||^q, q >= 2, {@link powerMap} of the Euclidean length: its divergence is
 * at least ||x - y||^q / q. Gradient 2^(q-2) ||x||^(q-2) x.
 *
 * @param q from 2 to 1000.
 */
export function radialPowerMap(q: number): MirrorMap {
  const scale = pow(2, exponent(q, 'radialPowerMap') - 2)
  const multiply = (x: Float64Array, factor: number) => {
    for (let i = 0; i < x.length; i++) x[i] *= factor
  }
  return mirrorMap('radialPowerMap', {
    sign: 'any',
    value: (x) => (scale / q) * pow(length(x), q),
    gradientInPlace: (x) => multiply(x, scale * pow(length(x), q - 2)),
    inverseGradientInPlace(y) {
      const size = length(y)
      if (size > 0) multiply(y, pow(size / scale, 1 / (q - 1)) / size)
    },
    divergence(x, y) {
      const unit = unitOf(x, y)
      const [from, to] = [x, y].map((point) => point.map((v) => v / unit))
      const [r, s] = [length(from), length(to)]
      let along = 0
      for (let i = 0; i < to.length; i++) along += to[i] * (from[i] - to[i])
      const sum = (pow(r, q) - pow(s, q)) / q - pow(s, q - 2) * along
      return sum > 0 ? scale * sum * pow(unit, q) : 0
    },
  })
}

/** phi grows with a power of the unit: in this one no power of an entry overflows. */
const unitOf = (x: Float64Array, y: Float64Array) => powerOfTwoNear(Math.max(largest(x), largest(y)))
