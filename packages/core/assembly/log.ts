import { LOG, LOG_BITS, TABLE } from './constants'
import { mulAdd } from './simd'

// log x = k ln 2 + log(1 + f), 1 + f in [sqrt(1/2), sqrt 2), s = f / (2 + f): f - f^2/2 + s (f^2/2 + R(s^2)); R is our own near-minimax fit (error 1e-17).
// @ts-ignore: decorator
@inline
function constant(at: usize): v128 {
  return v128.load64_splat(TABLE + LOG + at)
}
// @ts-ignore: decorator
@inline
function pattern(at: usize): v128 {
  return v128.load64_splat(TABLE + LOG_BITS + at)
}

/** Two lanes, both positive, normal and finite; k0 is added to the exponent. */
// @ts-ignore: decorator
@inline
export function logCore(x: v128, k0: v128): v128 {
  const u = i64x2.add(x, pattern(0))
  const k = f64x2.add(k0, f64x2.sub(v128.or(i64x2.shr_u(u, 52), pattern(8)), constant(72)))
  const f = f64x2.sub(i64x2.add(v128.and(u, pattern(16)), pattern(24)), constant(80))
  const s = f64x2.div(f, f64x2.add(f, constant(88)))
  const z = f64x2.mul(s, s), w = f64x2.mul(z, z)
  const odd = f64x2.mul(z, mulAdd<f64>(w, mulAdd<f64>(w, mulAdd<f64>(w, constant(48), constant(32)), constant(16)), constant(0)))
  const even = f64x2.mul(w, mulAdd<f64>(w, mulAdd<f64>(w, constant(40), constant(24)), constant(8)))
  const h = f64x2.mul(constant(96), f64x2.mul(f, f))
  const t = mulAdd<f64>(k, constant(64), f64x2.mul(s, f64x2.add(h, f64x2.add(odd, even))))
  return f64x2.sub(f64x2.mul(k, constant(56)), f64x2.sub(f64x2.sub(h, t), f))
}

/** Any x. */
export function log(x: f64): f64 {
  let scaled = x, k0: f64 = 0
  if (!(x >= 2.2250738585072014e-308 && x < Infinity)) {
    if (x == 0) return -Infinity
    if (!(x > 0)) return NaN
    if (x == Infinity) return x
    scaled = x * 18014398509481984
    k0 = -54
  }
  return f64x2.extract_lane(logCore(f64x2.splat(scaled), f64x2.splat(k0)), 0)
}
