import { TABLE } from './constants'
import { laneSum, mulAdd } from './simd'

// exp x = 2^(n/32) (1 + r + r^2 q(r)) with n = round(32 x / ln 2), |r| <= ln 2 / 64; q is our own near-minimax fit (error 2e-19).
// Results below the smallest normal number are 0: subnormal numbers cost a hundred times more, here and in every later product.
// @ts-ignore: decorator
@inline
function constant(at: usize): v128 {
  return v128.load64_splat(TABLE + at)
}

/** Two lanes, each at most 709 or NaN. */
// @ts-ignore: decorator
@inline
export function expCore(x0: v128): v128 {
  const x = f64x2.pmax(x0, constant(328))
  const t = mulAdd<f64>(x, constant(256), constant(264))
  const n = f64x2.sub(t, constant(264))
  const r = mulAdd<f64>(n, constant(280), mulAdd<f64>(n, constant(272), x))
  const r2 = f64x2.mul(r, r)
  const high = mulAdd<f64>(r2, constant(320), mulAdd<f64>(r, constant(312), constant(304)))
  const q = mulAdd<f64>(r2, high, mulAdd<f64>(r, constant(296), constant(288)))
  const p = mulAdd<f64>(r2, q, r)
  let w = v128.load64_zero(TABLE + ((<usize>i32x4.extract_lane(t, 0) & 31) << 3))
  w = v128.load_lane<u64>(TABLE + ((<usize>i32x4.extract_lane(t, 2) & 31) << 3), w, 1)
  w = f64x2.mul(mulAdd<f64>(w, p, w), i64x2.shl(i64x2.shr_u(t, 5), 52))
  return v128.andnot(w, f64x2.lt(x0, constant(328)))
}

/** Any x: above 709 as exp(x/2)^2, so that the last finite values and Infinity come out right. */
function expAny(x: v128): v128 {
  const big = f64x2.gt(x, constant(336))
  const half = f64x2.pmin(f64x2.mul(x, constant(288)), constant(344))
  const e = expCore(v128.bitselect(half, x, big))
  return v128.bitselect(f64x2.mul(e, e), e, big)
}

export function vexp(n: i32, x: usize, y: usize): f64 {
  let s = f64x2.splat(0), t = s
  let i = 0
  for (; i + 4 <= n; i += 4) {
    const u = v128.load(x), v = v128.load(x, 16)
    let p: v128, q: v128
    if (v128.any_true(v128.or(f64x2.gt(u, constant(336)), f64x2.gt(v, constant(336))))) {
      p = expAny(u)
      q = expAny(v)
    } else {
      p = expCore(u)
      q = expCore(v)
    }
    v128.store(y, p)
    v128.store(y, q, 16)
    s = f64x2.add(s, p)
    t = f64x2.add(t, q)
    x += 32
    y += 32
  }
  let sum = laneSum<f64>(f64x2.add(s, t))
  for (; i < n; i++) {
    const e = f64x2.extract_lane(expAny(v128.load64_splat(x)), 0)
    store<f64>(y, e)
    sum += e
    x += 8
    y += 8
  }
  return sum
}
