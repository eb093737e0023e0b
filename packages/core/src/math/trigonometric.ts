import { productError } from './double-double.ts'
import { QUARTER_PI, quadrant, reduced } from './reduce-angle.ts'

/** (sin(sqrt z) / sqrt z - 1) / z on [0, (pi/4)^2]: our Chebyshev interpolant of degree 6; error 2^-57 of sin. */
function sinSeries(z: number): number {
  const w = z * z
  return (
    -0.16666666666666666 +
    w * (-0.0001984126984126504 + w * (-2.5052106225650122e-8 + w * -7.586633672657066e-13)) +
    z * (0.008333333333333331 + w * (2.755731921931959e-6 + w * 1.60585305421325e-10))
  )
}

/** (cos(sqrt z) - 1 + z/2) / z^2 on [0, (pi/4)^2]: our Chebyshev interpolant of degree 6; error 2^-59 of cos. */
function cosSeries(z: number): number {
  const w = z * z
  return (
    0.041666666666666664 +
    w * (2.4801587301584632e-5 + w * (2.0876755787301195e-9 + w * 4.745836627734505e-14)) +
    z * (-0.0013888888888888887 + w * (-2.755731922139194e-7 + w * -1.1470460288901123e-11))
  )
}

/** sin(y + yLow) - y for |y| <= pi/4. */
function sinRest(y: number, yLow: number): number {
  const z = y * y
  return y * z * sinSeries(z) + (yLow - 0.5 * z * yLow)
}

/** cos(y + yLow) - head for |y| <= pi/4, where head = 1 - y^2/2 rounded. */
function cosRest(y: number, yLow: number, head: number): number {
  const z = y * y
  return 1 - head - 0.5 * z + (z * z * cosSeries(z) - y * yLow)
}

/** Sine of x radians, within 1 ulp for every x. */
export function sin(x: number): number {
  if (Math.abs(x) <= QUARTER_PI) return Math.abs(x) < 1e-8 ? x : x + sinRest(x, 0)
  return quarterSin(quadrant(x))
}

/** Cosine of x radians, within 1 ulp for every x. */
export function cos(x: number): number {
  if (Math.abs(x) <= QUARTER_PI) return 1 - 0.5 * (x * x) + cosRest(x, 0, 1 - 0.5 * (x * x))
  return quarterSin(quadrant(x) + 1)
}

/** sin(y + q pi/2) of the angle y that `quadrant` has left. */
function quarterSin(q: number): number {
  const y = reduced[0]
  const yLow = reduced[1]
  const head = 1 - 0.5 * (y * y)
  const value = (q & 1) === 0 ? y + sinRest(y, yLow) : head + cosRest(y, yLow, head)
  return (q & 2) === 0 ? value : -value
}

/** Tangent of x radians, within 1 ulp for every x. */
export function tan(x: number): number {
  let q = 0
  if (Math.abs(x) <= QUARTER_PI) {
    if (Math.abs(x) < 1e-8) return x
    reduced[0] = x
    reduced[1] = 0
  } else q = quadrant(x)
  const y = reduced[0]
  const yLow = reduced[1]
  const head = 1 - 0.5 * (y * y)
  const sinLow = sinRest(y, yLow)
  const cosLow = cosRest(y, yLow, head)
  return (q & 1) === 0 ? quotient(y, sinLow, head, cosLow) : -quotient(head, cosLow, y, sinLow)
}

/** (a + aLow) / (b + bLow), rounded about once. */
function quotient(a: number, aLow: number, b: number, bLow: number): number {
  const top = a + aLow
  const bottom = b + bLow
  const q = top / bottom
  const product = q * bottom
  const topLow = a - top + aLow
  const bottomLow = b - bottom + bLow
  return q + (top - product - productError(q, bottom, product) + topLow - q * bottomLow) / bottom
}
