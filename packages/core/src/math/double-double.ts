/**
 * Numbers as unevaluated sums of two doubles, high + low with |low| <= ulp(high) / 2: about 106 bits.
 * A function that makes one returns the high part and leaves the low part in `tail[0]`, so that nothing is allocated.
 * The words of a double are read little-endian, as in every engine that runs WebAssembly.
 */

export const tail: Float64Array = /* @__PURE__ */ new Float64Array(1)
export const bits: Float64Array = /* @__PURE__ */ new Float64Array(1)
/** The 32-bit words of `bits`: [low, high]. */
export const words: Int32Array = /* @__PURE__ */ new Int32Array(bits.buffer)

/** 1.5 * 2^52: adding and subtracting it rounds |x| < 2^51 to the nearest integer. */
export const ROUND = 6755399441055744

/** a * b - product, exactly, where product = a * b rounded (Dekker); |a|, |b| < 2^996, no underflow. */
export function productError(a: number, b: number, product: number): number {
  const u = a * 134217729
  const v = b * 134217729
  const aHigh = u - (u - a)
  const bHigh = v - (v - b)
  const aLow = a - aHigh
  const bLow = b - bHigh
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow
}

/** a + b - sum, exactly, where sum = a + b rounded (Knuth). */
export function sumError(a: number, b: number, sum: number): number {
  const c = sum - a
  return a - (sum - c) + (b - c)
}

/** 2^(i - 1023): a read from a table is faster than a double put together from two words. */
const POWERS_OF_2: Float64Array = /* @__PURE__ */ Float64Array.from({ length: 2047 }, (_, i) => {
  words[1] = i << 20
  return bits[0]
})

/** 2^exponent, -1022 <= exponent <= 1023. */
export function power2(exponent: number): number {
  return POWERS_OF_2[exponent + 1023]
}

const THIRD = 1 / 3
const THIRD_LOW = 1.850371707708594e-17
/** ln 2 to 42 bits, so that k * LN2_HIGH is exact, and the rest. */
const LN2_HIGH = 0.6931471805598903
const LN2_LOW = 5.497923018708371e-14

/**
 * log x for 0 < x < Infinity as a double-double, relative error below 2^-63. x = 2^k m with m in [sqrt(1/2),
 * sqrt 2); with s = (m - 1) / (m + 1) and z = s^2, log m = 2 (s + s (z/3 + z^2/5 + ...)), where s and the
 * first two terms carry a low part and the rest of the series is the textbook one.
 */
export function logParts(x: number): number {
  let k = 0
  if (x < 1e-300) {
    x *= 18014398509481984
    k = -54
  }
  bits[0] = x
  const shift = (words[1] - 0x3fe6a09e) >> 20
  k += shift
  const m = 0.25 * x * power2(2 - shift)

  const f = m - 1
  const d = m + 1
  const dLow = m - (d - 1)
  const s = f / d
  let p = s * d
  const sLow = (f - p - productError(s, d, p) - s * dLow) / d

  const z = s * s
  const zLow = productError(s, s, z) + 2 * s * sLow
  p = z * THIRD
  const pLow = productError(z, THIRD, p) + z * THIRD_LOW + zLow * THIRD
  const series =
    1 / 5 +
    z *
      (1 / 7 +
        z *
          (1 / 9 +
            z *
              (1 / 11 +
                z *
                  (1 / 13 + z * (1 / 15 + z * (1 / 17 + z * (1 / 19 + z * (1 / 21 + z * (1 / 23 + z * (1 / 25))))))))))
  const rest = z * z * series
  const w = p + rest
  const wLow = p - w + rest + pLow

  const q = s * w
  const qLow = productError(s, w, q) + s * wLow + sLow * w
  const half = s + q
  const halfLow = s - half + q + (sLow + qLow)

  const scaled = k * LN2_HIGH
  const sum = scaled + 2 * half
  const sumLow = sumError(scaled, 2 * half, sum) + (2 * halfLow + k * LN2_LOW)
  const result = sum + sumLow
  tail[0] = sum - result + sumLow
  return result
}

/** 2^(i/32) and, in the second table, what it lacks. */
// biome-ignore format: a table
const POWERS: Float64Array = /* @__PURE__ */ Float64Array.of(
  1, 1.0218971486541166, 1.0442737824274138, 1.0671404006768237, 1.0905077326652577, 1.1143867425958924,
  1.1387886347566916, 1.1637248587775775, 1.189207115002721, 1.215247359980469, 1.241857812073484, 1.2690509571917332,
  1.2968395546510096, 1.3252366431597413, 1.3542555469368927, 1.383909881963832, Math.SQRT2, 1.4451808069770467,
  1.4768261459394993, 1.5091644275934228, 1.5422108254079407, 1.5759808451078865, 1.6104903319492543, 1.645755478153965,
  1.681792830507429, 1.718619298122478, 1.7562521603732995, 1.7947090750031072, 1.8340080864093424, 1.8741676341103,
  1.9152065613971474, 1.9571441241754002,
)
// biome-ignore format: a table
const POWERS_LOW: Float64Array = /* @__PURE__ */ Float64Array.of(
  0, 5.109225e-17, 8.55189e-17, -7.899854e-17, -3.046782e-17, 1.041028e-16, 8.912813e-17, 3.829205e-17, 3.982015e-17,
  -7.712631e-17, 4.658028e-17, 2.667932e-18, 2.53825e-17, -2.858731e-17, 7.700948e-17, -6.770512e-17, -9.667293e-17,
  -3.023758e-17, -3.483995e-17, -1.016455e-16, 7.949835e-17, -1.013692e-17, 2.470719e-17, -1.012568e-16, 8.19901e-17,
  -1.85138e-17, 2.960141e-17, 1.822746e-17, 3.283107e-17, -6.122763e-17, -1.061995e-16, 8.960768e-17,
)
const STEPS_PER_UNIT = 46.16624130844683
/** ln 2 / 32 to 36 bits, so that n * STEP_HIGH is exact, and the rest. */
const STEP_HIGH = 0.021660849392446835
const STEP_LOW = 5.145609244655338e-14

/** e^r - 1 for |r| <= ln 2 / 64 by Taylor's series, relative error 2e-15 r. */
function expSeries(r: number): number {
  const r2 = r * r
  return r + r2 * (1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120) + r2 * (1 / 720)))
}

/**
 * e^(high + low) for |low| <= ulp(high), within 0.55 ulp; overflows to Infinity, underflows gradually as
 * Math.exp does.
 */
export function expSum(high: number, low: number): number {
  if (!(high > -746)) return Number.isNaN(high) ? NaN : 0
  if (high > 710) return Infinity
  const n = high * STEPS_PER_UNIT + ROUND - ROUND
  const p = expSeries(high - n * STEP_HIGH + (low - n * STEP_LOW))
  const i = n & 31
  const value = POWERS[i] + (POWERS_LOW[i] + POWERS[i] * p)
  const exponent = n >> 5
  if (exponent > 1023) return value * power2(1023) * 2
  if (exponent > -1022) return value * power2(exponent)
  return value * power2(exponent + 60) * 8.673617379884035e-19
}

/** e^x - 1 for 1/8 <= |x| <= 40: the table entry loses its 1 before the small part is added. */
export function expMinus1(x: number): number {
  const n = x * STEPS_PER_UNIT + ROUND - ROUND
  const p = expSeries(x - n * STEP_HIGH - n * STEP_LOW)
  const i = n & 31
  const scale = power2(n >> 5)
  const big = POWERS[i] * scale
  const small = (POWERS_LOW[i] + POWERS[i] * p) * scale
  if (big > 2) return big + (small - 1)
  return big < 0.5 ? big + small - 1 : big - 1 + small
}
