import { LOG, TABLE } from './constants'
import { logCore } from './log'
import { mulAdd } from './simd'
import { MORE } from './sums-constants'

// softplus, sigmoid and tanh, each with the bits of src/math/exponential.ts: the same operations in the same order, two numbers
// at a time. In float32 numbers are widened, and the results rounded once.

// @ts-ignore: decorator
@inline
function table(at: usize): v128 {
  return v128.load64_splat(TABLE + at)
}
// @ts-ignore: decorator
@inline
function more(at: usize): v128 {
  return v128.load64_splat(MORE + at)
}

/** e^x for x <= 45 or NaN, within 0.55 ulp, with gradual underflow. */
// @ts-ignore: decorator
@inline
function expSum(x0: v128): v128 {
  const x = f64x2.pmax(x0, more(288))
  const t = mulAdd<f64>(x, table(256), more(256))
  const n = f64x2.sub(t, more(256))
  const low = f64x2.sub(f64x2.splat(0), f64x2.mul(n, more(272)))
  const r = f64x2.add(f64x2.sub(x, f64x2.mul(n, more(264))), low)
  const r2 = f64x2.mul(r, r)
  const high = mulAdd<f64>(r2, more(320), mulAdd<f64>(r, more(312), more(304)))
  const p = mulAdd<f64>(r2, mulAdd<f64>(r2, high, mulAdd<f64>(r, more(296), table(LOG + 96))), r)
  const i = (<usize>i32x4.extract_lane(t, 0) & 31) << 3, j = (<usize>i32x4.extract_lane(t, 2) & 31) << 3
  const w = v128.load_lane<u64>(TABLE + j, v128.load64_zero(TABLE + i), 1)
  const rest = v128.load_lane<u64>(MORE + j, v128.load64_zero(MORE + i), 1)
  const value = f64x2.add(w, f64x2.add(rest, f64x2.mul(w, p)))
  // Times 2^(k + 60) and 2^-60, which rounds once, and only where the result is subnormal.
  const scaled = f64x2.mul(f64x2.mul(value, i64x2.shl(i64x2.shr_u(t, 5), 52)), more(280))
  return v128.andnot(scaled, f64x2.le(x0, more(288)))
}

// @ts-ignore: decorator
@inline
function softplus(x: v128): v128 {
  const e = expSum(f64x2.neg(f64x2.abs(x)))
  const one = table(LOG + 80), u = f64x2.add(e, one)
  const lost = f64x2.sub(e, f64x2.sub(u, one))
  const log1p = f64x2.add(logCore(u, f64x2.splat(0)), f64x2.div(lost, u))
  return f64x2.add(f64x2.pmax(x, f64x2.splat(0)), log1p)
}

// @ts-ignore: decorator
@inline
function sigmoid(x: v128): v128 {
  const e = expSum(f64x2.neg(f64x2.abs(x)))
  const one = table(LOG + 80), sum = f64x2.add(e, one)
  const lost = f64x2.add(f64x2.sub(one, sum), e)
  const value = f64x2.div(v128.bitselect(e, one, f64x2.lt(x, f64x2.splat(0))), sum)
  return f64x2.sub(value, f64x2.mul(value, lost))
}

/** p (1 - p) with p = sigmoid x. */
// @ts-ignore: decorator
@inline
function sigmoidSlope(x: v128): v128 {
  const p = sigmoid(x)
  return f64x2.mul(p, f64x2.sub(table(LOG + 80), p))
}

// @ts-ignore: decorator
@inline
function tanh(x: v128): v128 {
  const size = f64x2.abs(x), one = table(LOG + 80)
  const z = f64x2.mul(x, x), w = f64x2.mul(z, z)
  const even = mulAdd<f64>(w, mulAdd<f64>(w, mulAdd<f64>(w, mulAdd<f64>(w, more(392), more(384)), more(376)), more(368)), more(360))
  const odd = mulAdd<f64>(w, mulAdd<f64>(w, mulAdd<f64>(w, mulAdd<f64>(w, more(432), more(424)), more(416)), more(408)), more(400))
  const series = f64x2.add(f64x2.add(more(352), f64x2.mul(w, even)), f64x2.mul(z, odd))
  const near = f64x2.add(x, f64x2.mul(f64x2.mul(x, z), series))
  const e = expSum(f64x2.pmin(f64x2.add(size, size), f64x2.splat(45)))
  const far = f64x2.sub(one, f64x2.div(table(LOG + 88), f64x2.add(e, one)))
  const signed = v128.bitselect(x, v128.bitselect(one, far, f64x2.gt(size, more(344))), f64x2.splat(-0.0))
  const value = v128.bitselect(near, signed, f64x2.lt(size, more(328)))
  return v128.bitselect(x, value, f64x2.lt(size, more(336)))
}

/** Which function: a constant of each export, so that only one is left in its loop. */
// @ts-ignore: decorator
@inline
const SOFTPLUS = 0
// @ts-ignore: decorator
@inline
const SIGMOID = 1
// @ts-ignore: decorator
@inline
const TANH = 2
// @ts-ignore: decorator
@inline
const SLOPE = 3

// @ts-ignore: decorator
@inline
function apply(kind: i32, x: v128): v128 {
  return kind == SOFTPLUS ? softplus(x) : kind == SIGMOID ? sigmoid(x) : kind == TANH ? tanh(x) : sigmoidSlope(x)
}

/** Two numbers, or one and what lies behind it. */
// @ts-ignore: decorator
@inline
function loadPair<T>(both: bool, x: usize): v128 {
  if (sizeof<T>() == 8) return both ? v128.load(x) : v128.load64_zero(x)
  return f64x2.promote_low_f32x4(both ? v128.load64_zero(x) : v128.load32_zero(x))
}

// @ts-ignore: decorator
@inline
function storePair<T>(both: bool, y: usize, value: v128): void {
  if (sizeof<T>() == 8) {
    if (both) v128.store(y, value)
    else v128.store64_lane(y, value, 0)
  } else {
    const rounded = f32x4.demote_f64x2_zero(value)
    if (both) v128.store64_lane(y, rounded, 0)
    else v128.store32_lane(y, rounded, 0)
  }
}

/** y = f(x), or y *= f(x); y may be x. An odd number comes last, in the same loop: a second copy of f would double the code. */
// @ts-ignore: decorator
@inline
function mapOf<T>(kind: i32, times: bool, n: i32, x: usize, y: usize): void {
  for (; n > 0; n -= 2) {
    const both = n > 1, f = apply(kind, loadPair<T>(both, x))
    storePair<T>(both, y, times ? f64x2.mul(loadPair<T>(both, y), f) : f)
    x += 2 * sizeof<T>()
    y += 2 * sizeof<T>()
  }
}

export function vsoftplus(n: i32, x: usize, y: usize): void {
  mapOf<f64>(SOFTPLUS, false, n, x, y)
}
export function vsoftplus32(n: i32, x: usize, y: usize): void {
  mapOf<f32>(SOFTPLUS, false, n, x, y)
}
export function vsigmoid(n: i32, x: usize, y: usize): void {
  mapOf<f64>(SIGMOID, false, n, x, y)
}
export function vsigmoid32(n: i32, x: usize, y: usize): void {
  mapOf<f32>(SIGMOID, false, n, x, y)
}
export function vtanh(n: i32, x: usize, y: usize): void {
  mapOf<f64>(TANH, false, n, x, y)
}
export function vtanh32(n: i32, x: usize, y: usize): void {
  mapOf<f32>(TANH, false, n, x, y)
}
export function timesSigmoid(n: i32, x: usize, y: usize): void {
  mapOf<f64>(SIGMOID, true, n, x, y)
}
export function timesSigmoid32(n: i32, x: usize, y: usize): void {
  mapOf<f32>(SIGMOID, true, n, x, y)
}
export function timesSigmoidSlope(n: i32, x: usize, y: usize): void {
  mapOf<f64>(SLOPE, true, n, x, y)
}
export function timesSigmoidSlope32(n: i32, x: usize, y: usize): void {
  mapOf<f32>(SLOPE, true, n, x, y)
}

/** Writes y = softplus x and slope = sigmoid x, with their bits, from one exponential. */
export function softplusAndSlope(n: i32, x: usize, y: usize, slope: usize): void {
  const one = table(LOG + 80), zero = f64x2.splat(0)
  for (; n > 0; n -= 2, x += 16, y += 16, slope += 16) {
    const both = n > 1, value = loadPair<f64>(both, x), e = expSum(f64x2.neg(f64x2.abs(value)))
    const u = f64x2.add(e, one), lost = f64x2.sub(e, f64x2.sub(u, one))
    const log1p = f64x2.add(logCore(u, zero), f64x2.div(lost, u))
    storePair<f64>(both, y, f64x2.add(f64x2.pmax(value, zero), log1p))
    const p = f64x2.div(v128.bitselect(e, one, f64x2.lt(value, zero)), u)
    storePair<f64>(both, slope, f64x2.sub(p, f64x2.mul(p, lost)))
  }
}
