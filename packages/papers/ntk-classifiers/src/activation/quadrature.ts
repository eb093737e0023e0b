import { exp, legendreNode, refuse, show } from '@opt/core'

/** Beyond this |z| the normal density, 2e-32, hides any function of moderate growth. */
const REACH = 12
const NODES = 400
const ROOT_TWO_PI = 2.5066282746310002

/** What integrals against the normal density say about a function. */
export interface Moments {
  /** a_i = E[fn(z) h_i(z)]. */
  coefficients: Float64Array
  /** E[fn^2]. */
  square: number
  /** E[fn'^2] away from the kinks, by central differences: accurate to about 1e-9. */
  slopeSquare: number
}

/**
 * Integrates by 400 nodes of Gauss and Legendre on each piece between the kinks, 0 and |z| = 12.
 *
 * @throws RangeError when a value is not finite, or the function grows too fast to have a second moment.
 */
export function moments(fn: (z: number) => number, kinks: readonly number[], degree: number): Moments {
  const ends = [...new Set([-REACH, 0, REACH, ...kinks])].sort((a, b) => a - b)
  const places = Array.from({ length: NODES }, (_, k) => legendreNode(NODES, k))
  const coefficients = new Float64Array(degree + 1)
  let [square, slopeSquare, largest, edge] = [0, 0, 0, 0]
  for (let piece = 0; piece + 1 < ends.length; piece++) {
    const half = (ends[piece + 1] - ends[piece]) / 2
    const middle = ends[piece] + half
    const h = 1e-6 * half
    for (let k = 0; k < NODES; k++) {
      const z = middle + half * places[k].node
      const value = valueAt(fn, z)
      const slope = (valueAt(fn, z + h) - valueAt(fn, z - h)) / (2 * h)
      const weight = (places[k].weight * half * exp(-0.5 * z * z)) / ROOT_TWO_PI
      const energy = value * value * exp(-0.5 * z * z)
      if (energy > largest) largest = energy
      if (Math.abs(z) > 0.99 * REACH && energy > edge) edge = energy
      square += weight * value * value
      slopeSquare += weight * slope * slope
      let [hermite, before] = [1, 0]
      for (let i = 0; i <= degree; i++) {
        coefficients[i] += weight * value * hermite
        ;[hermite, before] = [(z * hermite - Math.sqrt(i) * before) / Math.sqrt(i + 1), hermite]
      }
    }
  }
  if (edge > 1e-10 * largest || square === Infinity)
    refuse('fn', 'of finite E[fn(z)^2] for z ~ N(0, 1)', 'a function that grows too fast')
  if (!(square > 0)) refuse('fn', 'not 0 everywhere', 'a function that is')
  return { coefficients, square, slopeSquare }
}

function valueAt(fn: (z: number) => number, z: number): number {
  const value: unknown = fn(z)
  if (typeof value !== 'number' || !Number.isFinite(value))
    refuse(`fn(${z})`, 'a finite number', show(value), typeof value === 'number' ? 'range' : 'type')
  return value
}
