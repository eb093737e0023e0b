import { exp, log } from '@opt/core'

// Oklab (Björn Ottosson, 2020): a color space in which equal distances look about equally different.

const power = (x: number, exponent: number): number => (x <= 0 ? 0 : exp(exponent * log(x)))

/** sRGB's transfer function: the linear light of a channel on [0, 1]. */
const toLight = (x: number): number => (x <= 0.04045 ? x / 12.92 : power((x + 0.055) / 1.055, 2.4))

const LIGHT = Float64Array.from({ length: 256 }, (_, byte) => toLight(byte / 255))
/** Entry k: the least light that rounds to the byte k + 1. */
const ROUND_UP = Float64Array.from({ length: 255 }, (_, byte) => toLight((byte + 0.5) / 255))

/** Returns the sRGB byte nearest to a light, by bisection: exact, and without a power. */
function toByte(light: number): number {
  let low = 0
  let high = 255
  while (low < high) {
    const middle = (low + high) >> 1
    if (light >= ROUND_UP[middle]!) low = middle + 1
    else high = middle
  }
  return low
}

/** Writes L, a, b at `out[at]`: L on [0, 1], a and b within about 0.4 of 0. Channels are 0..255, fractions allowed. */
export function toOklab(red: number, green: number, blue: number, out: Float64Array, at = 0): void {
  const r = light(red)
  const g = light(green)
  const b = light(blue)
  const l = power(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b, 1 / 3)
  const m = power(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b, 1 / 3)
  const s = power(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b, 1 / 3)
  out[at] = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s
  out[at + 1] = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
  out[at + 2] = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
}

const light = (channel: number): number => LIGHT[channel] ?? toLight(channel / 255)

const linear = new Float64Array(3)
// Half a byte beyond black and white still rounds to them.
const DARKEST = -1.5e-4
const BRIGHTEST = 1.0045

/**
 * Writes the nearest sRGB bytes at `out[at]`. A color outside sRGB loses chroma, not hue or lightness, until
 * it fits.
 */
export function fromOklab(
  lightness: number,
  a: number,
  b: number,
  out: Uint8Array | Uint8ClampedArray,
  at: number,
): void {
  const L = Math.max(0, Math.min(1, lightness))
  if (!toLinear(L, a, b)) {
    let low = 0
    let high = 1
    for (let k = 0; k < 12; k++) {
      const middle = (low + high) / 2
      if (toLinear(L, middle * a, middle * b)) low = middle
      else high = middle
    }
    toLinear(L, low * a, low * b)
  }
  for (let k = 0; k < 3; k++) out[at + k] = toByte(linear[k]!)
}

/** Computes a color's linear light into `linear`; returns whether it is within sRGB. */
function toLinear(L: number, a: number, b: number): boolean {
  const l = L + 0.3963377774 * a + 0.2158037573 * b
  const m = L - 0.1055613458 * a - 0.0638541728 * b
  const s = L - 0.0894841775 * a - 1.291485548 * b
  const l3 = l * l * l
  const m3 = m * m * m
  const s3 = s * s * s
  const red = 4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3
  const green = -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3
  const blue = -0.0041960863 * l3 - 0.7034186147 * m3 + 1.707614701 * s3
  linear[0] = red
  linear[1] = green
  linear[2] = blue
  return Math.min(red, green, blue) >= DARKEST && Math.max(red, green, blue) <= BRIGHTEST
}
