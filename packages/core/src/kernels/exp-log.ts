/**
 * exp and log in plain arithmetic, so that every engine gives the same bits; the twins of assembly/exp.ts and
 * assembly/log.ts. Against 40-digit values: exp within 1.0 ulp, log within 0.9 ulp.
 */

/** 2^(i/32). */
// biome-ignore format: a table
const POWERS: Float64Array = /* @__PURE__ */ Float64Array.of(
  1.0, 1.0218971486541166, 1.0442737824274138, 1.0671404006768237, 1.0905077326652577, 1.1143867425958924,
  1.1387886347566916, 1.1637248587775775, 1.189207115002721, 1.215247359980469, 1.241857812073484, 1.2690509571917332,
  1.2968395546510096, 1.3252366431597413, 1.3542555469368927, 1.383909881963832, Math.SQRT2, 1.4451808069770467,
  1.4768261459394993, 1.5091644275934228, 1.5422108254079407, 1.5759808451078865, 1.6104903319492543, 1.645755478153965,
  1.681792830507429, 1.718619298122478, 1.7562521603732995, 1.7947090750031072, 1.8340080864093424, 1.8741676341103,
  1.9152065613971474, 1.9571441241754002,
)
const bits: Float64Array = /* @__PURE__ */ new Float64Array(1)
const words: Int32Array = /* @__PURE__ */ new Int32Array(bits.buffer)

/** Adding this rounds to an integer and leaves it, biased by 1023 * 32, in the low bits. */
const ROUND = 6755399441055744 + 1023 * 32
const SMALLEST_NORMAL = 2.2250738585072014e-308

/**
 * 2^(n/32) (1 + r + r^2 q(r)) with n = round(32 x / ln 2), |r| <= ln 2 / 64; q is our own near-minimax fit
 * (error 2e-19).
 */
function expCore(x: number): number {
  const n = x * 46.16624130844683 + ROUND - ROUND
  const r = n * -1.733101967801894e-10 + (n * -0.021660849219188094 + x)
  const r2 = r * r
  const q =
    r2 * (r2 * 0.0013888925290048272 + (r * 0.008333362454270339 + 0.04166666666655981)) +
    (r * 0.16666666666581184 + 0.5)
  const p = r2 * q + r
  const biased = n + 32736
  const w = POWERS[biased & 31]
  words[0] = 0
  words[1] = (biased >> 5) << 20
  return (w * p + w) * bits[0]
}

/**
 * e^x, the same bits in every engine, within 1.0 ulp. Results below the smallest normal number (x < -708.396)
 * are 0: subnormal numbers cost a hundred times more wherever they go.
 */
export function exp(x: number): number {
  if (x < -708.396) return 0
  if (x > 709) {
    const half = expCore(Math.min(x * 0.5, 400))
    return half * half
  }
  return Number.isNaN(x) ? NaN : expCore(x)
}

/**
 * log x for normal x, plus k0 log 2: x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt 2), in s = f / (2 + f);
 * our own fit (error 1e-17).
 */
function logCore(x: number, k0: number): number {
  bits[0] = x
  // The 64-bit integer sum bits(x) + bits(1) - bits(sqrt(1/2)), in two halves: its exponent field is that of k.
  const low = (words[0] >>> 0) + 0x9980c433
  const high = (words[1] + 0x00095f61 + (low > 0xffffffff ? 1 : 0)) | 0
  const k = k0 + ((high >>> 20) - 1023)
  const mantissa = (low >>> 0) + 0x667f3bcd
  words[0] = mantissa | 0
  words[1] = ((high & 0xfffff) + 0x3fe6a09e + (mantissa > 0xffffffff ? 1 : 0)) | 0
  const f = bits[0] - 1
  const s = f / (f + 2)
  const z = s * s
  const w = z * z
  const odd = z * (w * (w * (w * 0.146171283998073 + 0.1818289077802613) + 0.2857142862611452) + 0.666666666666667)
  const even = w * (w * (w * 0.15331666676597175 + 0.22222211112104948) + 0.399999999998992)
  const h = 0.5 * (f * f)
  const t = k * 1.9082149292705877e-10 + s * (h + (odd + even))
  return k * 6.931471803691238e-1 - (h - t - f)
}

/** Natural logarithm, the same bits in every engine, within 0.9 ulp; -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (x >= SMALLEST_NORMAL && x < Infinity) return logCore(x, 0)
  if (x === 0) return -Infinity
  if (!(x > 0)) return NaN
  return x === Infinity ? x : logCore(x * 18014398509481984, -54)
}

/**
 * y = exp(x), in place allowed; returns the sum of y. Four running sums a, b, c, d over i mod 4, then (a + c)
 * + (b + d), then the tail in order.
 */
export function vexp(n: number, x: Float64Array, y: Float64Array): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = 0
  for (; i + 4 <= n; i += 4) {
    a += y[i] = exp(x[i])
    b += y[i + 1] = exp(x[i + 1])
    c += y[i + 2] = exp(x[i + 2])
    d += y[i + 3] = exp(x[i + 3])
  }
  let s = a + c + (b + d)
  for (; i < n; i++) s += y[i] = exp(x[i])
  return s
}
