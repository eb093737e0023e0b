import { productError, ROUND, sumError } from './double-double.ts'

export const QUARTER_PI = 0.7853981633974483
const TWO_OVER_PI = 0.6366197723675814
const HALF_PI = 1.5707963267948966
const HALF_PI_LOW = 6.123233995736766e-17

/** pi/2 in three words of 33 bits, so that n times one is exact for n < 2^20, and the rest (Cody and Waite). */
const WORD_1 = 1.5707963267341256
const WORD_2 = 6.077100506303966e-11
const WORD_3 = 2.0222662487111665e-21
const WORD_4 = 8.4784276603689e-32

/** floor(2^1200 * 2/pi). */
const TWO_OVER_PI_1200 =
  '0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73ee' +
  '88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463' +
  'f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b'
let twoOverPi: bigint | undefined

/** The angle that `quadrant` leaves: high part, low part; at most pi/4. */
export const reduced: Float64Array = /* @__PURE__ */ new Float64Array(2)

/**
 * n mod 4 where x = n pi/2 + y with |y| <= pi/4 (and a hair); y goes into `reduced` to twice double
 * precision. Up to |x| = 2^20 by Cody and Waite, beyond it exactly, in big integers: right for every double,
 * but about a microsecond.
 */
export function quadrant(x: number): number {
  if (!(Math.abs(x) <= 1048576)) return bigQuadrant(x)
  const n = x * TWO_OVER_PI + ROUND - ROUND
  const first = x - n * WORD_1
  const second = n * WORD_2
  const a = first - second
  const third = n * WORD_3
  const b = a - third
  const low = sumError(first, -second, a) + sumError(a, -third, b) - n * WORD_4
  reduced[0] = b + low
  reduced[1] = b - reduced[0] + low
  return n & 3
}

const view = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8))

/** Payne and Hanek's reduction: x * 2/pi modulo 4, to 128 bits behind the point. */
function bigQuadrant(x: number): number {
  if (!(Math.abs(x) < Infinity)) {
    reduced[0] = NaN
    reduced[1] = NaN
    return 0
  }
  twoOverPi ??= BigInt(TWO_OVER_PI_1200)
  view.setFloat64(0, Math.abs(x))
  const word = view.getBigUint64(0)
  const mantissa = (word & 0xfffffffffffffn) | 0x10000000000000n
  const exponent = (word >> 52n) - 1075n
  const turns = ((mantissa * twoOverPi) >> (1072n - exponent)) & ((1n << 130n) - 1n)
  const n = (turns + (1n << 127n)) >> 128n
  const fraction = turns - (n << 128n)
  const high = Number(fraction)
  const low = Number(fraction - BigInt(high))
  const product = high * HALF_PI
  const rest = productError(high, HALF_PI, product) + high * HALF_PI_LOW + low * HALF_PI
  const sign = x < 0 ? -2.938735877055719e-39 : 2.938735877055719e-39
  reduced[0] = (product + rest) * sign
  reduced[1] = (product - (product + rest) + rest) * sign
  return x < 0 ? -Number(n) & 3 : Number(n) & 3
}
