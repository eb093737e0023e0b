import { logCore } from '../../../core/assembly/log'
import { laneSum, mulAdd } from '../../../core/assembly/simd'

// src/kernels.ts has the contracts and the plain twins: the same operations in the same order give the same bits.

/** 53 bits of two words, as a number of [-1, 1). */
// @ts-ignore: decorator
@inline
function coordinate(high: u32, low: u32): f64 {
  return -1 + 2 * ((<f64>(high >>> 5) * 67108864 + <f64>(low >>> 6)) * 1.1102230246251565e-16)
}

/** A step of xoroshiro128+, whose output is the low word of s0 + s1, in two halves: the new s0 and, of s0 ^ s1, the new s1. */
// @ts-ignore: decorator
@inline
function first(s0: u64, a: u64): u64 {
  return rotl<u64>(s0, 24) ^ a ^ (a << 16)
}

/** Marsaglia's factor sqrt(-2 log s / s) of two squares in (0, 1). */
// @ts-ignore: decorator
@inline
function polar(s: v128): v128 {
  return f64x2.sqrt(f64x2.div(f64x2.mul(f64x2.splat(-2), logCore(s, f64x2.splat(0))), s))
}

export function normals(n: i32, words: usize, spare: usize, out: usize): void {
  let s0 = (<u64>load<u32>(words) << 32) | <u64>load<u32>(words, 4)
  let s1 = (<u64>load<u32>(words, 8) << 32) | <u64>load<u32>(words, 12)
  const end = out + (<usize>n << 3)
  if (out < end && load<f64>(spare) != 0) {
    store<f64>(out, load<f64>(spare, 8))
    store<f64>(spare, 0)
    out += 8
  }
  // Pairs first, all in their places: a rejected one is overwritten by the next. The last number may be half a pair.
  const pairs = end - ((end - out) & 8)
  let at = out
  let u: f64 = 0, v: f64 = 0
  while (at < end) {
    const w0 = <u32>(s0 + s1), a = s0 ^ s1
    s0 = first(s0, a)
    s1 = rotl<u64>(a, 37)
    const w1 = <u32>(s0 + s1), b = s0 ^ s1
    s0 = first(s0, b)
    s1 = rotl<u64>(b, 37)
    const w2 = <u32>(s0 + s1), c = s0 ^ s1
    s0 = first(s0, c)
    s1 = rotl<u64>(c, 37)
    const w3 = <u32>(s0 + s1), e = s0 ^ s1
    s0 = first(s0, e)
    s1 = rotl<u64>(e, 37)
    u = coordinate(w0, w1)
    v = coordinate(w2, w3)
    const s = u * u + v * v
    if (at < pairs) {
      store<f64>(at, u)
      store<f64>(at, v, 8)
    }
    at += <usize>(s < 1) << 4 & (<usize>(s == 0) << 4 ^ 16)
  }
  if (pairs < end) {
    const scale = f64x2.extract_lane(polar(f64x2.splat(u * u + v * v)), 0)
    store<f64>(pairs, u * scale)
    store<f64>(spare, 1)
    store<f64>(spare, v * scale, 8)
  }
  for (; out + 32 <= pairs; out += 32) {
    const p = v128.load(out), q = v128.load(out, 16)
    const us = v128.shuffle<f64>(p, q, 0, 2), vs = v128.shuffle<f64>(p, q, 1, 3)
    const scale = polar(f64x2.add(f64x2.mul(us, us), f64x2.mul(vs, vs)))
    v128.store(out, f64x2.mul(p, v128.shuffle<f64>(scale, scale, 0, 0)))
    v128.store(out, f64x2.mul(q, v128.shuffle<f64>(scale, scale, 1, 1)), 16)
  }
  if (out < pairs) {
    const p = v128.load(out), q = v128.shuffle<f64>(p, p, 1, 1)
    const square = f64x2.add(f64x2.mul(p, p), f64x2.mul(q, q))
    const scale = polar(v128.shuffle<f64>(square, square, 0, 0))
    v128.store(out, f64x2.mul(p, scale))
  }
  store<u32>(words, <u32>(s0 >>> 32))
  store<u32>(words, <u32>s0, 4)
  store<u32>(words, <u32>(s1 >>> 32), 8)
  store<u32>(words, <u32>s1, 12)
}

/** |x - m| with the differences divided by the largest: no square overflows or vanishes. */
function scaledLength(d: i32, x: usize, m: usize): f64 {
  let most: f64 = 0
  for (let j = 0; j < d; j++) {
    const at = <usize>j << 3
    most = max<f64>(most, abs<f64>(load<f64>(x + at) - load<f64>(m + at)))
  }
  if (!(most > 0 && most < Infinity)) return most
  let s: f64 = 0
  for (let j = 0; j < d; j++) {
    const at = <usize>j << 3
    const q = (load<f64>(x + at) - load<f64>(m + at)) / most
    s += q * q
  }
  return most * sqrt<f64>(s)
}

export function distances(count: i32, d: i32, X: usize, m: usize, out: usize): void {
  const even = d & ~1
  const row = <usize>d << 3
  for (let i = 0; i < count; i++) {
    let s = f64x2.splat(0)
    for (let j = 0; j < even; j += 2) {
      const at = <usize>j << 3
      const D = f64x2.sub(v128.load(X + at), v128.load(m + at))
      s = mulAdd<f64>(D, D, s)
    }
    let sum = laneSum<f64>(s)
    if (even < d) {
      const at = <usize>even << 3
      const D = load<f64>(X + at) - load<f64>(m + at)
      sum += D * D
    }
    store<f64>(out, sum > 1e-280 && sum < 1e300 ? sqrt<f64>(sum) : scaledLength(d, X, m))
    X += row
    out += 8
  }
}

export function moveAnisotropic(count: i32, d: i32, rows: usize, X: usize, m: usize, drift: f64, noise: f64, Z: usize): void {
  const even = d & ~1
  const row = <usize>d << 3
  const drifts = f64x2.splat(drift)
  const noises = f64x2.splat(noise)
  for (let k = 0; k < count; k++) {
    const at = <usize>load<i32>(rows + (<usize>k << 2)) * row
    const x = X + at
    const z = Z + at
    for (let j = 0; j < even; j += 2) {
      const b = <usize>j << 3
      const old = v128.load(x + b)
      const D = f64x2.sub(old, v128.load(m + b))
      const drifted = f64x2.sub(old, f64x2.mul(drifts, D))
      const next = f64x2.add(drifted, f64x2.mul(f64x2.mul(noises, f64x2.abs(D)), v128.load(z + b)))
      v128.store(x + b, next)
    }
    if (even < d) {
      const b = <usize>even << 3
      const old = load<f64>(x + b)
      const D = old - load<f64>(m + b)
      const next = old - drift * D + noise * abs<f64>(D) * load<f64>(z + b)
      store<f64>(x + b, next)
    }
  }
}

export function moveIsotropic(count: i32, d: i32, rows: usize, X: usize, m: usize, drift: f64, noise: f64, Z: usize, lengths: usize): void {
  const even = d & ~1
  const row = <usize>d << 3
  const drifts = f64x2.splat(drift)
  for (let k = 0; k < count; k++) {
    const i = <usize>load<i32>(rows + (<usize>k << 2))
    const x = X + i * row
    const z = Z + i * row
    const width = noise * load<f64>(lengths + (i << 3))
    const widths = f64x2.splat(width)
    for (let j = 0; j < even; j += 2) {
      const b = <usize>j << 3
      const old = v128.load(x + b)
      const D = f64x2.sub(old, v128.load(m + b))
      const next = f64x2.add(f64x2.sub(old, f64x2.mul(drifts, D)), f64x2.mul(widths, v128.load(z + b)))
      v128.store(x + b, next)
    }
    if (even < d) {
      const b = <usize>even << 3
      const old = load<f64>(x + b)
      const D = old - load<f64>(m + b)
      const next = old - drift * D + width * load<f64>(z + b)
      store<f64>(x + b, next)
    }
  }
}

export function unsound(n: i32, x: usize): f64 {
  let s = f64x2.splat(0)
  let i = 0
  for (; i + 2 <= n; i += 2) {
    const v = v128.load(x)
    s = f64x2.add(s, f64x2.sub(v, v))
    x += 16
  }
  let sum = laneSum<f64>(s)
  if (i < n) {
    const v = load<f64>(x)
    sum += v - v
  }
  return sum
}
