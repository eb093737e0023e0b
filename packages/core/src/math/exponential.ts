import { log } from '../kernels/exp-log.ts'
import { expMinus1, expSum } from './double-double.ts'

const LN2_LOW = 2.3190468138462996e-17

/** e^x / 2 for x >= 1, without overflow before the result overflows. */
function halfExp(x: number): number {
  const high = x - Math.LN2
  return expSum(high, x - high - Math.LN2 - LN2_LOW)
}

/** e^x - 1, accurate near 0; within 1.5 ulp. */
export function expm1(x: number): number {
  const size = Math.abs(x)
  if (size >= 0.125) {
    if (x > 40) return expSum(x, 0)
    return x < -40 ? -1 : expMinus1(x)
  }
  if (size < 1e-16) return x
  // Taylor's series: the first term left out is below 2^-61 of the sum.
  const w = x * x
  const even = 1 / 2 + w * (1 / 24 + w * (1 / 720 + w * (1 / 40320 + w * (1 / 3628800))))
  const odd = 1 / 6 + w * (1 / 120 + w * (1 / 5040 + w * (1 / 362880 + w * (1 / 39916800))))
  return x + w * (even + x * odd)
}

/** log(1 + x), accurate near 0; -Infinity at -1, NaN below; within 1.5 ulp. */
export function log1p(x: number): number {
  if (x <= -1) return x === -1 ? -Infinity : NaN
  if (Math.abs(x) < 1e-16 || x === Infinity) return x
  const u = 1 + x
  // What 1 + x lost in rounding, put back to first order.
  const lost = x < 1 ? x - (u - 1) : 1 - (u - x)
  return log(u) + lost / u
}

/** Hyperbolic sine, within 1.5 ulp. */
export function sinh(x: number): number {
  const size = Math.abs(x)
  if (size < 1) {
    if (size < 1e-8) return x
    const z = x * x
    const w = z * z
    // Taylor's series: the first term left out is below 2^-65.
    const even = 1 / 6 + w * (1 / 5040 + w * (1 / 39916800 + w * (1 / 1307674368000 + w * (1 / 121645100408832000))))
    const odd = 1 / 120 + w * (1 / 362880 + w * (1 / 6227020800 + w * (1 / 355687428096000)))
    return x + x * z * (even + z * odd)
  }
  const half = halfExp(size)
  const result = size < 22 ? half - 0.25 / half : half
  return x < 0 ? -result : result
}

/** Hyperbolic cosine, within 1.5 ulp. */
export function cosh(x: number): number {
  const size = Math.abs(x)
  if (size >= 22) return halfExp(size)
  const e = expSum(size, 0)
  return 0.5 * e + 0.5 / e
}

/** (tanh(sqrt z) / sqrt z - 1) / z on [0, 0.3026]: our Chebyshev interpolant of degree 10; error 2^-56 of tanh. */
function tanhSeries(z: number): number {
  const w = z * z
  return (
    -0.3333333333333333 +
    w *
      (-0.05396825396743174 +
        w *
          (-0.008863234395418095 +
            w * (-0.0014556615775702365 + w * (-0.00023463104528300406 + w * -2.0598556673275166e-5)))) +
    z *
      (0.13333333333332714 +
        w *
          (0.021869488493563037 + w * (0.003592110347096177 + w * (0.0005889348072447028 + w * 8.510707927354112e-5))))
  )
}

/** Hyperbolic tangent, within 1.5 ulp; odd, and |tanh| <= 1. */
export function tanh(x: number): number {
  const size = Math.abs(x)
  if (size < 0.55) {
    if (size < 1e-8) return x
    const z = x * x
    return x + x * z * tanhSeries(z)
  }
  const result = size > 20 ? 1 : 1 - 2 / (expSum(2 * size, 0) + 1)
  return x < 0 ? -result : x > 0 ? result : NaN
}

/** The logistic function 1 / (1 + e^-x), without overflow on either side; within 1.6 ulp. */
export function sigmoid(x: number): number {
  const e = expSum(-Math.abs(x), 0)
  const sum = 1 + e
  const lost = 1 - sum + e
  const value = (x < 0 ? e : 1) / sum
  return value - value * lost
}

/** log(p / (1 - p)), the inverse of sigmoid: -Infinity at 0, Infinity at 1, NaN outside [0, 1]; within 2 ulp. */
export function logit(p: number): number {
  if (p > 0.5) return p === 1 ? Infinity : -logit(1 - p)
  return p < 0.25 ? log(p / (1 - p)) : -log1p((1 - 2 * p) / p)
}

/** log(1 + e^x), stable for every x; within 2 ulp. */
export function softplus(x: number): number {
  return Math.max(x, 0) + log1p(expSum(-Math.abs(x), 0))
}

/**
 * log(e^a + e^b) without overflow; logAddExp(-Infinity, b) = b.
 * Within 2 ulp of the larger of |result|, |a|, |b| (the result itself can cancel to nearly 0).
 */
export function logAddExp(a: number, b: number): number {
  if (a === b) return a + Math.LN2
  return Math.max(a, b) + log1p(expSum(-Math.abs(a - b), 0))
}
