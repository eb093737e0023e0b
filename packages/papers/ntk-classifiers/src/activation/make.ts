import { allFinite, callback, calling, number, options as optionsOf, pow, refuse, show, vectorCopy } from '@opt/core'
import type { Activation, ActivationFunction, ActivationState, HermiteSeries } from './activation.ts'
import { moments } from './quadrature.ts'
import { relu } from './rectifier.ts'
import { hermiteShape, NOISE, seriesActivation } from './series.ts'

/** Anything that is an activation: one of this package, a series, a function of z, or a saved one. */
export type ActivationLike = Activation | HermiteSeries | ActivationFunction | ActivationState | ((z: number) => number)

/**
 * Makes an activation, scaled so that E[phi(z)^2] = 1, with its dual.
 *
 * A function becomes a Hermite series: 400 nodes of quadrature on each piece between 0, the kinks and |z| = 12. What a
 * series of this degree misses of E[phi^2] and of E[phi'^2] is kept as two neighbouring high powers in the dual, so
 * that D(1) and D'(1) are right; `missing` says how much that is. Coefficients of at most 1e-12 become 0.
 *
 * @param given `{ hermite: [a_0, a_1, ...] }`, `{ fn, kinks, degree }`, or a function of z.
 * @throws TypeError or RangeError for a constant, coefficients that all are 0, a function with values that are not finite, one
 *   that grows too fast, and one that jumps: E[phi'^2] is then infinite, and there is no neural tangent kernel.
 */
export function activation(given: ActivationLike): Activation {
  return calling('activation', () => ofAny(given), true)
}

/**
 * Returns the activation whose infinitely deep network is the Hilbert estimate, consistent for every distribution with
 * a density on the sphere S^d, that is for unit rows of d + 1 columns:
 * 2^(-d/4) h_1 + sqrt(1 - 2^(1 - d/2)) h_2 + 2^(-d/4) h_3, with A = 0, A' = 2^(-d/4), B' = 2.
 *
 * @param d integer from 2 to 150.
 * @throws TypeError or RangeError
 */
export function optimalActivation(d: number): Activation {
  return calling('optimalActivation', () => {
    number(d, 'd', { integer: true, min: 2, max: 150 })
    const outer = pow(2, -d / 4)
    return ofHermite(
      { hermite: [0, outer, Math.sqrt(Math.max(0, 1 - pow(2, 1 - d / 2))), outer] },
      `optimal for d = ${d}`,
    )
  })
}

function ofAny(given: ActivationLike): Activation {
  if (typeof given === 'function') return ofFunction({ fn: given })
  if (typeof given !== 'object' || given === null)
    refuse('activation', '{ hermite }, { fn } or a function of z', show(given), 'type')
  if (isActivation(given)) return given
  if ('fn' in given) return ofFunction(optionsOf(given, 'activation', ['fn', 'kinks', 'degree']))
  if ('hermite' in given) return ofHermite(optionsOf(given, 'activation', ['hermite']))
  if ('rectifier' in given) return relu({ slope: given.rectifier })
  if ('powers' in given) return ofState(given)
  return refuse('activation', '{ hermite }, { fn } or a function of z', show(given), 'type')
}

const isActivation = (given: object): given is Activation =>
  typeof (given as Activation).dualGap === 'function' && typeof (given as Activation).dual === 'function'

function ofHermite({ hermite }: HermiteSeries, name = 'Hermite series'): Activation {
  const a = vectorCopy(hermite, 'hermite')
  let largest = 0
  for (const v of a) largest = Math.max(largest, Math.abs(v))
  if (largest === 0) refuse('hermite', 'not all 0', 'zeros')
  let square = 0
  for (let i = 0; i < a.length; i++) square += (a[i] /= largest) * a[i]
  return ofCoefficients(name, a, Math.sqrt(square), hermiteShape)
}

/** Scales a, cuts off what is noise and the zeros at its end. */
function ofCoefficients(
  name: string,
  a: Float64Array,
  norm: number,
  shape: (scaled: Float64Array) => Pick<Activation, 'value' | 'slope' | 'curvature'>,
  rest: readonly [power: number, weight: number][] = [],
): Activation {
  const scaled = a.map((v) => (Math.abs(v / norm) <= NOISE ? 0 : v / norm))
  const degree = Math.max(
    scaled.findLastIndex((v) => v !== 0),
    0,
  )
  if (degree === 0) refuse('activation', 'not constant', 'a constant')
  const powers = new Float64Array(1 + Math.max(degree, ...rest.map(([power]) => power)))
  for (let i = 0; i <= degree; i++) powers[i] = scaled[i] * scaled[i]
  let missing = 0
  for (const [power, weight] of rest) {
    powers[power] += weight
    missing += weight
  }
  const signs = [Math.sign(scaled[0]), Math.sign(scaled[1] ?? 0)]
  return seriesActivation(name, powers, signs, shape(scaled.subarray(0, degree + 1)), missing)
}

function ofFunction({ fn, kinks = [], degree = 40 }: ActivationFunction): Activation {
  callback(fn, 'fn')
  if (!Array.isArray(kinks)) refuse('kinks', 'an array of numbers', show(kinks), 'type')
  kinks.forEach((kink, k) => number(kink, `kinks[${k}]`, { min: -11, max: 11 }))
  number(degree, 'degree', { integer: true, min: 1, max: 200 })
  const { coefficients, square, slopeSquare } = moments(fn, kinks, degree)
  if (!(Number.isFinite(slopeSquare) && allFinite(coefficients)))
    refuse('fn', 'of finite moments', 'values beyond the range of numbers')
  const [norm, name] = [Math.sqrt(square), fn.name || 'fn']
  const slopes = slopeSquare / square
  let [missing, deficit] = [1, slopes]
  coefficients.forEach((a, i) => {
    missing -= (a / norm) * (a / norm)
    deficit -= i * (a / norm) * (a / norm)
  })
  const shape = () => shapeOf(fn, norm)
  if (missing <= 1e-10) return ofCoefficients(name, coefficients, norm * Math.sqrt(1 - missing), shape)
  const power = deficit / missing
  if (missing > 1e-6 && !(power > degree))
    refuse(
      'fn',
      "continuous, so that E[fn'(z)^2] is finite",
      'a function that seems to jump (name its kinks if it only bends)',
    )
  const whole = Math.min(10 * degree + 1000, Math.max(degree + 1, Math.floor(power)))
  const upper = Math.min(1, Math.max(0, power - whole)) * missing
  return ofCoefficients(name, coefficients, norm, shape, [
    [whole, missing - upper],
    [whole + 1, upper],
  ])
}

/** A function over its norm; derivatives are central differences. */
function shapeOf(fn: (z: number) => number, norm: number): Pick<Activation, 'value' | 'slope' | 'curvature'> {
  const h = 1e-5
  const curved = 1e-4
  return {
    value: (z) => fn(z) / norm,
    slope: (z) => (fn(z + h) - fn(z - h)) / (2 * h * norm),
    curvature: (z) => (fn(z + curved) - 2 * fn(z) + fn(z - curved)) / (curved * curved * norm),
  }
}

function ofState({ powers, signs, name }: Extract<ActivationState, { powers: unknown }>): Activation {
  const c = vectorCopy(powers, 'powers', { sign: 'nonnegative' })
  let total = 0
  for (const v of c) total += v
  if (!(Math.abs(total - 1) <= 1e-9)) refuse('powers', 'of sum 1', `sum ${total}`)
  if (!(Array.isArray(signs) && signs.length === 2 && [0, 1].every((i) => [-1, 0, 1].includes(signs[i]))))
    refuse('signs', 'two of -1, 0 and 1', show(signs), 'type')
  if (typeof name !== 'string') refuse('name', 'a text', show(name), 'type')
  const shape = hermiteShape(c.map((v, i) => (signs[i] ?? 1) * Math.sqrt(v)))
  return seriesActivation(name, c, signs, shape, 0)
}
