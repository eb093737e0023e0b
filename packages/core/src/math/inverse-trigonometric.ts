import { productError } from './double-double.ts'

const HALF_PI = 1.5707963267948966
const HALF_PI_LOW = 6.123233995736766e-17
const PI_LOW = 1.2246467991473532e-16

/** atan(i/16) and, in the second table, what it lacks. */
// biome-ignore format: a table
const ATAN: Float64Array = /* @__PURE__ */ Float64Array.of(
  0, 0.06241880999595735, 0.12435499454676144, 0.18534794999569476, 0.24497866312686414, 0.3028848683749714,
  0.35877067027057225, 0.4124104415973873, 0.4636476090008061, 0.5123894603107377, 0.5585993153435624,
  0.6022873461349642, 0.6435011087932844, 0.6823165548747481, 0.7188299996216245, 0.7531512809621944, 0.7853981633974483,
)
// biome-ignore format: a table
const ATAN_LOW: Float64Array = /* @__PURE__ */ Float64Array.of(
  0, -1.549076e-18, -3.125324e-18, 4.180692e-18, 1.069876e-17, -1.101083e-17, -2.462382e-17, -1.587652e-17,
  2.269878e-17, -2.546278e-17, -5.455631e-18, 2.950431e-17, 1.583479e-17, 6.943224e-18, -2.147839e-17, -2.425693e-17,
  3.061617e-17,
)

/**
 * atan(a / b) for 0 <= a <= b, b > 0: the nearest angle of the table and the atan of what is left, by its
 * Taylor series.
 */
function atanQuotient(a: number, b: number): number {
  const i = ((16 * a) / b + 0.5) | 0
  const c = i * 0.0625
  const t = (a - c * b) / (b + c * a)
  const z = t * t
  const series = 1 / 3 - z * (1 / 5 - z * (1 / 7 - z * (1 / 9 - z * (1 / 11))))
  return ATAN[i] + (t - (t * z * series - ATAN_LOW[i]))
}

/** Arc tangent in [-pi/2, pi/2], within 1.5 ulp. */
export function atan(x: number): number {
  const size = Math.abs(x)
  if (size < 1e-8) return x
  if (size > 1e17) return x < 0 ? -HALF_PI : HALF_PI
  const angle = size <= 1 ? atanQuotient(size, 1) : HALF_PI - (atanQuotient(1, size) - HALF_PI_LOW)
  return x < 0 ? -angle : angle
}

/** The angle of the point (x, y) in [-pi, pi], with the special values of Math.atan2; within 1.5 ulp. */
export function atan2(y: number, x: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN
  const angle = angleOf(Math.abs(y), Math.abs(x), x < 0 || (x === 0 && 1 / x < 0))
  return y < 0 || (y === 0 && 1 / y < 0) ? -angle : angle
}

/** The angle of (x, y) or, mirrored, (-x, y), for x, y >= 0. */
function angleOf(y: number, x: number, mirrored: boolean): number {
  if (y === Infinity && x === Infinity) y = x = 1
  if (y === 0 || x === Infinity) return mirrored ? Math.PI : 0
  if (x === 0 || y === Infinity) return HALF_PI
  const larger = Math.max(x, y)
  if (larger > 1e300 || larger < 1e-250) {
    const scale = larger > 1 ? 7.888609052210118e-31 : 1.2676506002282294e30
    y *= scale
    x *= scale
  }
  if (y > x) {
    const angle = atanQuotient(x, y)
    return mirrored ? HALF_PI + (angle + HALF_PI_LOW) : HALF_PI - (angle - HALF_PI_LOW)
  }
  return mirrored ? Math.PI - (atanQuotient(y, x) - PI_LOW) : atanQuotient(y, x)
}

/** (asin(sqrt z) / sqrt z - 1) / z on [0, 1/4]: our Chebyshev interpolant of degree 13; error 2^-58 of asin. */
function asinSeries(z: number): number {
  const w = z * z
  return (
    0.16666666666666666 +
    w *
      (0.044642857142551895 +
        w *
          (0.02237215744350722 +
            w *
              (0.01396378001220357 +
                w * (0.009621842970100282 + w * (0.0030448799094556773 + w * -0.01924167174674304))))) +
    z *
      (0.07500000000000118 +
        w *
          (0.03038194447553234 +
            w *
              (0.017352816540325496 +
                w *
                  (0.011566459612121669 +
                    w * (0.009319560794767446 + w * (0.019554513336123378 + w * 0.02961201126495512))))))
  )
}

/** asin(sqrt z) - s for 0 <= z <= 1/4, where s = sqrt z rounded. */
function asinRest(z: number, s: number): number {
  if (s === 0) return 0
  const square = s * s
  return (z - square - productError(s, s, square)) / (2 * s) + s * z * asinSeries(z)
}

/** Arc sine in [-pi/2, pi/2]; NaN outside [-1, 1]; within 1.5 ulp. */
export function asin(x: number): number {
  const size = Math.abs(x)
  if (size < 0.5) return size < 1e-8 ? x : x + x * (x * x) * asinSeries(x * x)
  if (!(size <= 1)) return NaN
  // asin x = pi/2 - 2 asin(sqrt((1 - x) / 2)).
  const z = 0.5 * (1 - size)
  const s = Math.sqrt(z)
  const angle = HALF_PI - 2 * s - (2 * asinRest(z, s) - HALF_PI_LOW)
  return x < 0 ? -angle : angle
}

/** Arc cosine in [0, pi]; NaN outside [-1, 1]; within 1.5 ulp. */
export function acos(x: number): number {
  const size = Math.abs(x)
  if (size < 0.5) return HALF_PI - (x - (HALF_PI_LOW - x * (x * x) * asinSeries(x * x)))
  if (!(size <= 1)) return NaN
  const z = 0.5 * (1 - size)
  const s = Math.sqrt(z)
  const rest = asinRest(z, s)
  return x > 0 ? 2 * (s + rest) : Math.PI - 2 * s - (2 * rest - PI_LOW)
}
