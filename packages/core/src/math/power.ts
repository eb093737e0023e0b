import { bits, expSum, logParts, power2, productError, tail, words } from './double-double.ts'

const LOG2_E_LOW = 2.0355273740931033e-17
const LOG10_E_LOW = 1.098319650216765e-17

/** log x * (factor + factorLow). */
function scaledLog(x: number, factor: number, factorLow: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x === Infinity ? x : NaN
  const high = logParts(x)
  const product = high * factor
  return product + (productError(high, factor, product) + (high * factorLow + tail[0] * factor))
}

/** Logarithm to base 2, within 1 ulp and exact for powers of 2; -Infinity at 0, NaN below. */
export function log2(x: number): number {
  return scaledLog(x, Math.LOG2E, LOG2_E_LOW)
}

/** Logarithm to base 10, within 1 ulp and exact for powers of 10; -Infinity at 0, NaN below. */
export function log10(x: number): number {
  return scaledLog(x, Math.LOG10E, LOG10_E_LOW)
}

/**
 * x^y, within 1 ulp and exact where the power is a double; subnormal results are rounded gradually, not flushed.
 * Special values are those of Math.pow: pow(x, 0) = 1 even for NaN, pow(1, NaN) = pow(+-1, +-Infinity) = NaN,
 * NaN for x < 0 and y not an integer, the sign of x for odd y.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN
  const size = Math.abs(x)
  if (y === Infinity || y === -Infinity) return size === 1 ? NaN : size > 1 === y > 0 ? Infinity : 0
  const integer = Math.floor(y) === y
  const odd = integer && Math.floor(0.5 * y) !== 0.5 * y
  const negative = x < 0 || (x === 0 && 1 / x < 0)
  const sign = negative && odd ? -1 : 1
  if (size === 0 || size === Infinity) return sign * ((size === 0) === y < 0 ? Infinity : 0)
  if (negative && !integer) return NaN
  if (size === 1) return sign
  const high = logParts(size)
  const low = tail[0]
  const exponent = high * y
  if (exponent > 710) return sign * Infinity
  if (exponent < -746) return sign * 0
  return sign * expSum(exponent, productError(high, y, exponent) + low * y)
}

/** Cube root, within 1 ulp and exact for cubes. */
export function cbrt(x: number): number {
  let size = Math.abs(x)
  if (!(size > 0 && size < Infinity)) return x
  let third = 0
  if (size < 1e-300) {
    size *= 18014398509481984
    third = -18
  }
  // x = m 2^(3q) with m in [1, 8).
  bits[0] = size
  const q = Math.floor(((words[1] >>> 20) - 1023) / 3)
  const m = 0.25 * size * power2(2 - 3 * q)
  // A cubic (Chebyshev interpolant on [1, 8], 1.3 % off), then Halley's step twice; t^2 is exact in the second.
  const w = m * m
  let t = 0.7167346418604423 + w * -0.03402605365290486 + m * (0.3288364544631474 + w * 0.0016274953380330931)
  let r = m / (t * t)
  t = Math.fround(t + (t * (r - t)) / (2 * t + r))
  r = m / (t * t)
  t += (t * (r - t)) / (2 * t + r)
  t *= power2(q + third)
  return x < 0 ? -t : t
}

/**
 * sqrt(x^2 + y^2) without undue overflow or underflow, within 1.5 ulp.
 * Infinity when either is infinite, even beside NaN.
 */
export function hypot(x: number, y: number): number {
  const a = Math.abs(x)
  const b = Math.abs(y)
  if (a === Infinity || b === Infinity) return Infinity
  const larger = Math.max(a, b)
  if (larger > 1e150) return POWER_600 * root(a * POWER_MINUS_600, b * POWER_MINUS_600)
  if (larger < 1e-130) return POWER_MINUS_600 * root(a * POWER_600, b * POWER_600)
  return root(a, b)
}

const POWER_600 = 4.149515568880993e180
const POWER_MINUS_600 = 2.409919865102884e-181

function root(a: number, b: number): number {
  return Math.sqrt(a * a + b * b)
}
