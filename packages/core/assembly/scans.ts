import { mulAdd } from './simd'

// Norms of whole arrays.

// @ts-ignore: decorator
@inline
function largestOf<T>(n: i32, x: usize): T {
  let most = v128.splat<T>(0)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    most = v128.pmax<T>(most, v128.abs<T>(v128.load(x)))
    x += 16
  }
  let largest: T = 0
  if (sizeof<T>() == 8) {
    largest = <T>max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1))
  } else {
    const low = max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1))
    largest = <T>max(low, max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)))
  }
  for (; i < n; i++) {
    const size = abs(load<T>(x))
    if (size > largest) largest = size
    x += sizeof<T>()
  }
  return largest
}

/** The largest |x|, NaN where an entry is NaN. Without their signs, the bits of numbers order as the numbers do, NaN above all. */
function peakOf32(n: i32, x: usize): f64 {
  const unsigned = i32x4.splat(0x7fffffff)
  let a = i32x4.splat(0), b = a, c = a, d = a
  let i = 0
  for (; i + 16 <= n; i += 16) {
    a = i32x4.max_u(a, v128.and(unsigned, v128.load(x)))
    b = i32x4.max_u(b, v128.and(unsigned, v128.load(x, 16)))
    c = i32x4.max_u(c, v128.and(unsigned, v128.load(x, 32)))
    d = i32x4.max_u(d, v128.and(unsigned, v128.load(x, 48)))
    x += 64
  }
  for (; i + 4 <= n; i += 4) {
    a = i32x4.max_u(a, v128.and(unsigned, v128.load(x)))
    x += 16
  }
  for (; i < n; i++) {
    b = i32x4.max_u(b, v128.and(unsigned, i32x4.splat(load<i32>(x))))
    x += 4
  }
  const most = i32x4.max_u(i32x4.max_u(a, b), i32x4.max_u(c, d))
  const half = i32x4.max_u(most, i64x2.shuffle(most, most, 1, 0))
  return <f64>reinterpret<f32>(max(i32x4.extract_lane(half, 0), i32x4.extract_lane(half, 1)))
}

/** {@link peakOf32} in float64, where whole numbers have no maximum: pmax passes over NaN, the mask does not. */
function peakOf64(n: i32, x: usize): f64 {
  let a = f64x2.splat(0), b = a, c = a, d = a, wrong = a, bad = a
  let i = 0
  for (; i + 8 <= n; i += 8) {
    const p = v128.load(x), q = v128.load(x, 16), r = v128.load(x, 32), s = v128.load(x, 48)
    wrong = v128.or(wrong, v128.or(f64x2.ne(p, p), f64x2.ne(q, q)))
    bad = v128.or(bad, v128.or(f64x2.ne(r, r), f64x2.ne(s, s)))
    a = f64x2.pmax(a, f64x2.abs(p))
    b = f64x2.pmax(b, f64x2.abs(q))
    c = f64x2.pmax(c, f64x2.abs(r))
    d = f64x2.pmax(d, f64x2.abs(s))
    x += 64
  }
  for (; i < n; i++) {
    const p = f64x2.splat(load<f64>(x))
    wrong = v128.or(wrong, f64x2.ne(p, p))
    a = f64x2.pmax(a, f64x2.abs(p))
    x += 8
  }
  if (v128.any_true(v128.or(wrong, bad))) return NaN
  const most = f64x2.pmax(f64x2.pmax(a, b), f64x2.pmax(c, d))
  return max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1))
}

// @ts-ignore: decorator
@inline
function squaredNormOf<T>(n: i32, x: usize): f64 {
  let even = f64x2.splat(0), odd = even
  let i = 0
  for (; i + 4 <= n; i += 4) {
    let a = v128.load(x), b = a
    if (sizeof<T>() == 8) {
      b = v128.load(x, 16)
    } else {
      b = f64x2.promote_low_f32x4(i64x2.shuffle(a, a, 1, 0))
      a = f64x2.promote_low_f32x4(a)
    }
    even = mulAdd<f64>(a, a, even)
    odd = mulAdd<f64>(b, b, odd)
    x += 4 * sizeof<T>()
  }
  const both = f64x2.add(even, odd)
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1)
  for (; i < n; i++) {
    const a = <f64>load<T>(x)
    sum += a * a
    x += sizeof<T>()
  }
  return sum
}

export function largest(n: i32, x: usize): f64 {
  return largestOf<f64>(n, x)
}
export function largest32(n: i32, x: usize): f64 {
  return <f64>largestOf<f32>(n, x)
}
export function peak(n: i32, x: usize): f64 {
  return peakOf64(n, x)
}
export function peak32(n: i32, x: usize): f64 {
  return peakOf32(n, x)
}
export function squaredNorm(n: i32, x: usize): f64 {
  return squaredNormOf<f64>(n, x)
}
export function squaredNorm32(n: i32, x: usize): f64 {
  return squaredNormOf<f32>(n, x)
}

// @ts-ignore: decorator
@inline
function nonFiniteOf<T>(n: i32, x: usize): i32 {
  const zero = v128.splat<T>(0)
  const block: i32 = 64 / sizeof<T>()
  let i = 0
  // x - x is 0 for a finite number, NaN for any other.
  for (; i + block <= n; i += block) {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48)
    const ab = v128.or(v128.ne<T>(v128.sub<T>(a, a), zero), v128.ne<T>(v128.sub<T>(b, b), zero))
    const cd = v128.or(v128.ne<T>(v128.sub<T>(c, c), zero), v128.ne<T>(v128.sub<T>(d, d), zero))
    if (v128.any_true(v128.or(ab, cd))) break
    x += 64
  }
  for (; i < n; i++) {
    const a = load<T>(x)
    if (a - a != 0) return i
    x += sizeof<T>()
  }
  return -1
}

export function nonFinite(n: i32, x: usize): i32 {
  return nonFiniteOf<f64>(n, x)
}
export function nonFinite32(n: i32, x: usize): i32 {
  return nonFiniteOf<f32>(n, x)
}
