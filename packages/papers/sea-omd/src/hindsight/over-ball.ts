import { callback, number, options as optionsOf, refuse } from '@opt/core'
import { checkDimension, distance } from '@opt/sets/parts'
import { PenalisedNewton } from './penalised-newton.ts'

/** The best fixed point in hindsight. */
export interface Comparator {
  x: Float64Array
  /** Its total loss. */
  total: number
}

/**
 * A smooth convex loss: returns its value at x, and writes its gradient and the lower triangle of its Hessian
 * (row-major, from one row to the next `stride`).
 */
export type SecondOrder = (x: Float64Array, gradient: Float64Array, hessian: Float64Array, stride: number) => number

/** Options of {@link overBall}. */
export interface OverBallOptions {
  radius: number
  /** Relative accuracy of the gradient of the Lagrangian. Default 1e-12. */
  tolerance?: number
}

/** Secant steps for mu. */
const STEPS = 200

/**
 * Minimises a smooth convex loss over the ball ||x|| <= radius: Newton's method on loss + (mu/2) ||x||^2, and a
 * bracketed secant for the mu (the answer's `multiplier`) at which the minimiser's length is the radius; mu = 0
 * where the free minimiser lies inside.
 *
 * @throws RangeError when the dimension or radius is not positive, the loss or its gradient is not finite, or
 * does not fit a smooth convex function.
 */
export function overBall(
  loss: SecondOrder,
  dimension: number,
  options: OverBallOptions,
): Comparator & { multiplier: number } {
  callback(loss, 'overBall: loss')
  const { radius, tolerance = 1e-12 } = optionsOf(options, 'overBall: options', ['radius', 'tolerance'])
  number(tolerance, 'overBall: tolerance', { nonnegative: true })
  number(radius, 'overBall: radius', { positive: true })
  number(radius, 'overBall: radius', { min: 1e-100, max: 1e100 })
  checkDimension(dimension, 'overBall: dimension')
  const newton = new PenalisedNewton(loss, dimension, tolerance)
  const { x } = newton
  const minimise = (mu: number) => newton.minimise(mu, 1000 * radius)
  if (minimise(0) && newton.length() <= radius) return { x: x.slice(), total: newton.evaluate(), multiplier: 0 }

  x.fill(0)
  newton.evaluate()
  // ||x(mu)|| <= ||grad at 0|| / mu.
  const most = distance(newton.gradient, x) / radius
  const multiplier = secant(most, radius, (mu) => {
    minimise(mu)
    return newton.length()
  })
  const shrink = radius / newton.length()
  for (let i = 0; i < x.length; i++) x[i] *= shrink
  if (!x.every(Number.isFinite)) refuse('overBall: loss', 'smooth and convex', 'values that its gradient does not fit')
  return { x: x.slice(), total: newton.evaluate(), multiplier }
}

/**
 * Finds the mu <= most at which the length of the minimiser is the radius. 1 / length is close to linear in mu:
 * regula falsi on it, by the Illinois rule.
 */
function secant(most: number, radius: number, lengthAt: (mu: number) => number): number {
  let low = most
  let length: number
  do {
    low /= 16
    length = lengthAt(low)
  } while (length <= radius && low > 1e-300)
  let atLow = 1 / length - 1 / radius
  let high = most
  length = lengthAt(high)
  let atHigh = 1 / length - 1 / radius
  let mu = high
  for (let k = 0; k < STEPS && Math.abs(length - radius) > 1e-15 * radius; k++) {
    mu = atHigh > atLow ? low + ((high - low) * -atLow) / (atHigh - atLow) : (low + high) / 2
    if (!(mu > low && mu < high)) mu = (low + high) / 2
    if (mu === low || mu === high) break
    length = lengthAt(mu)
    const here = 1 / length - 1 / radius
    if (here > 0) {
      if (atHigh > 0 && here > 0.5 * atHigh) atLow /= 2
      high = mu
      atHigh = here
    } else {
      if (here < 0.5 * atLow) atHigh /= 2
      low = mu
      atLow = here
    }
  }
  return mu
}
