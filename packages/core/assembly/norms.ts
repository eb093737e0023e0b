import { mulAdd } from './simd'
import { axpyOf, dotOf } from './vectors'

// Norms, clipping and projections over whole arrays or their rows, for AdamP and Stable-SPAM.

// @ts-ignore: decorator
@inline
function largestCosineOf<T>(rows: i32, n: i32, x: usize, y: usize, floor: f64): f64 {
  const step = <usize>n * sizeof<T>()
  let largest: f64 = 0
  for (let i = 0; i < rows; i++) {
    const lengths = max(sqrt(<f64>dotOf<T>(n, x, x)), floor) * max(sqrt(<f64>dotOf<T>(n, y, y)), floor)
    largest = max(largest, abs(<f64>dotOf<T>(n, x, y)) / lengths)
    x += step
    y += step
  }
  return largest
}

// @ts-ignore: decorator
@inline
function projectRowsOf<T>(rows: i32, n: i32, x: usize, u: usize, epsilon: f64): void {
  const step = <usize>n * sizeof<T>()
  for (let i = 0; i < rows; i++) {
    const length = sqrt(<f64>dotOf<T>(n, x, x)) + epsilon
    axpyOf<T>(n, <T>(-<f64>dotOf<T>(n, x, u) / (length * length)), x, u)
    x += step
    u += step
  }
}

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

/** NaN where an entry is NaN: pmax passes over it, the mask does not. */
// @ts-ignore: decorator
@inline
function peakOf<T>(n: i32, x: usize): f64 {
  let most = v128.splat<T>(0), wrong = most
  const block: i32 = 64 / sizeof<T>()
  let i = 0
  for (; i + block <= n; i += block) {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48)
    const ab = v128.or(v128.ne<T>(a, a), v128.ne<T>(b, b)), cd = v128.or(v128.ne<T>(c, c), v128.ne<T>(d, d))
    wrong = v128.or(wrong, v128.or(ab, cd))
    const above = v128.pmax<T>(v128.abs<T>(a), v128.abs<T>(b)), below = v128.pmax<T>(v128.abs<T>(c), v128.abs<T>(d))
    most = v128.pmax<T>(most, v128.pmax<T>(above, below))
    x += 64
  }
  if (v128.any_true(wrong)) return NaN
  let peak: f64 = 0
  if (sizeof<T>() == 8) {
    peak = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1))
  } else {
    const low = max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1))
    peak = <f64>max(low, max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)))
  }
  for (; i < n; i++) {
    const size = <f64>abs(load<T>(x))
    if (size != size) return NaN
    if (size > peak) peak = size
    x += sizeof<T>()
  }
  return peak
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

// @ts-ignore: decorator
@inline
function scaleAboveOf<T>(n: i32, x: usize, limit: f64, factor: f64): void {
  const bound = <T>limit, scale = <T>factor
  const vbound = v128.splat<T>(bound), vscale = v128.splat<T>(scale)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    const a = v128.load(x)
    v128.store(x, v128.bitselect(v128.mul<T>(a, vscale), a, v128.gt<T>(v128.abs<T>(a), vbound)))
    x += 16
  }
  for (; i < n; i++) {
    const a = load<T>(x)
    if (abs(a) > bound) store<T>(x, a * scale)
    x += sizeof<T>()
  }
}

export function largest(n: i32, x: usize): f64 {
  return largestOf<f64>(n, x)
}
export function largest32(n: i32, x: usize): f64 {
  return <f64>largestOf<f32>(n, x)
}
export function peak(n: i32, x: usize): f64 {
  return peakOf<f64>(n, x)
}
export function peak32(n: i32, x: usize): f64 {
  return peakOf<f32>(n, x)
}
export function squaredNorm(n: i32, x: usize): f64 {
  return squaredNormOf<f64>(n, x)
}
export function squaredNorm32(n: i32, x: usize): f64 {
  return squaredNormOf<f32>(n, x)
}
export function scaleAbove(n: i32, x: usize, limit: f64, factor: f64): void {
  scaleAboveOf<f64>(n, x, limit, factor)
}
export function scaleAbove32(n: i32, x: usize, limit: f64, factor: f64): void {
  scaleAboveOf<f32>(n, x, limit, factor)
}
export function largestCosine(rows: i32, n: i32, x: usize, y: usize, floor: f64): f64 {
  return largestCosineOf<f64>(rows, n, x, y, floor)
}
export function largestCosine32(rows: i32, n: i32, x: usize, y: usize, floor: f64): f64 {
  return largestCosineOf<f32>(rows, n, x, y, floor)
}
export function projectRows(rows: i32, n: i32, x: usize, u: usize, epsilon: f64): void {
  projectRowsOf<f64>(rows, n, x, u, epsilon)
}
export function projectRows32(rows: i32, n: i32, x: usize, u: usize, epsilon: f64): void {
  projectRowsOf<f32>(rows, n, x, u, epsilon)
}
