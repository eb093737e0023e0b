// src/kernels.ts has the contracts, src/supernet/loops.ts the twins: float32 numbers are widened to float64, two at a
// time, and rounded when they are stored, as plain JavaScript does.

// @ts-ignore: decorator
@inline
function get<T>(at: usize): v128 {
  if (sizeof<T>() == 8) return v128.load(at)
  return f64x2.promote_low_f32x4(v128.load64_zero(at))
}

// @ts-ignore: decorator
@inline
function put<T>(at: usize, value: v128): void {
  if (sizeof<T>() == 8) v128.store(at, value)
  else v128.store64_lane(at, f32x4.demote_f64x2_zero(value), 0)
}

// @ts-ignore: decorator
@inline
function one<T>(at: usize): f64 {
  return <f64>load<T>(at)
}

// @ts-ignore: decorator
@inline
function bytes<T>(n: i32): usize {
  return <usize>n * sizeof<T>()
}

// @ts-ignore: decorator
@inline
function reluOf<T>(n: i32, x: usize, out: usize): void {
  const lanes = 16 / <i32>sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    v128.store(out, v128.max<T>(v128.load(x), v128.splat<T>(<T>0)))
    x += 16
    out += 16
  }
  for (; i < n; i++) {
    store<T>(out, max<T>(load<T>(x), <T>0))
    x += sizeof<T>()
    out += sizeof<T>()
  }
}

// @ts-ignore: decorator
@inline
function addWherePositiveOf<T>(n: i32, x: usize, e: usize, d: usize): void {
  const lanes = 16 / <i32>sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    const part = v128.and(v128.load(e), v128.gt<T>(v128.load(x), v128.splat<T>(<T>0)))
    v128.store(d, v128.add<T>(v128.load(d), part))
    x += 16
    e += 16
    d += 16
  }
  for (; i < n; i++) {
    store<T>(d, load<T>(d) + (load<T>(x) > <T>0 ? load<T>(e) : <T>0))
    x += sizeof<T>()
    e += sizeof<T>()
    d += sizeof<T>()
  }
}

// @ts-ignore: decorator
@inline
function addOf<T>(n: i32, x: usize, y: usize): void {
  const lanes = 16 / <i32>sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    v128.store(y, v128.add<T>(v128.load(y), v128.load(x)))
    x += 16
    y += 16
  }
  for (; i < n; i++) {
    store<T>(y, load<T>(y) + load<T>(x))
    x += sizeof<T>()
    y += sizeof<T>()
  }
}

// @ts-ignore: decorator
@inline
function poolOf<T>(n: i32, width: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i++) {
    const first = one<T>(x)
    let left = one<T>(x + bytes<T>(width - 1)), here = first
    for (let j = 0; j < width; j++) {
      const right = j + 1 < width ? one<T>(x + sizeof<T>()) : first
      store<T>(y, <T>(one<T>(y) + (here + left + right) / 3))
      left = here
      here = right
      x += sizeof<T>()
      y += sizeof<T>()
    }
  }
}

/** The scale of a row whose squares overflow: the entries are divided by the largest first. */
function hugeScale<T>(width: i32, x: usize): f64 {
  let most: f64 = 0, square: f64 = 0
  for (let j = 0; j < width; j++) most = max<f64>(most, abs<f64>(one<T>(x + bytes<T>(j))))
  for (let j = 0; j < width; j++) {
    const part = one<T>(x + bytes<T>(j)) / most
    square += part * part
  }
  return 1 / most / sqrt<f64>(square / <f64>width)
}

// @ts-ignore: decorator
@inline
function normalizeOf<T>(n: i32, width: i32, x: usize, h: usize, scales: usize): void {
  for (let i = 0; i < n; i++) {
    let square: f64 = 0
    for (let j = 0; j < width; j++) {
      const v = one<T>(x + bytes<T>(j))
      square += v * v
    }
    const s = square < Infinity ? 1 / sqrt<f64>(square / <f64>width + 1e-5) : hugeScale<T>(width, x)
    store<f64>(scales, s)
    scales += 8
    const both = f64x2.splat(s)
    let j = 0
    for (; j + 2 <= width; j += 2) put<T>(h + bytes<T>(j), f64x2.mul(both, get<T>(x + bytes<T>(j))))
    if (j < width) store<T>(h + bytes<T>(j), <T>(s * one<T>(x + bytes<T>(j))))
    x += bytes<T>(width)
    h += bytes<T>(width)
  }
}

// @ts-ignore: decorator
@inline
function normalizeBackOf<T>(n: i32, width: i32, h: usize, scales: usize, d: usize, dx: usize): void {
  for (let i = 0; i < n; i++) {
    let inner: f64 = 0
    for (let j = 0; j < width; j++) inner += one<T>(d + bytes<T>(j)) * one<T>(h + bytes<T>(j))
    inner /= <f64>width
    const s = load<f64>(scales)
    scales += 8
    const both = f64x2.splat(s), product = f64x2.splat(inner)
    let j = 0
    for (; j + 2 <= width; j += 2) {
      const at = bytes<T>(j)
      put<T>(dx + at, f64x2.mul(both, f64x2.sub(get<T>(d + at), f64x2.mul(get<T>(h + at), product))))
    }
    if (j < width) {
      const at = bytes<T>(j)
      store<T>(dx + at, <T>(s * (one<T>(d + at) - one<T>(h + at) * inner)))
    }
    h += bytes<T>(width)
    d += bytes<T>(width)
    dx += bytes<T>(width)
  }
}

// @ts-ignore: decorator
@inline
function addColumnsOf<T>(n: i32, width: i32, x: usize, out: usize): void {
  let j = 0
  const row = bytes<T>(width)
  for (; j + 2 <= width; j += 2) {
    let sum = f64x2.splat(0), at = x + bytes<T>(j)
    for (let i = 0; i < n; i++) {
      sum = f64x2.add(sum, get<T>(at))
      at += row
    }
    put<T>(out + bytes<T>(j), f64x2.add(get<T>(out + bytes<T>(j)), sum))
  }
  if (j < width) {
    let sum: f64 = 0, at = x + bytes<T>(j)
    for (let i = 0; i < n; i++) {
      sum += one<T>(at)
      at += row
    }
    store<T>(out + bytes<T>(j), <T>(one<T>(out + bytes<T>(j)) + sum))
  }
}

// @ts-ignore: decorator
@inline
function descendOf<T>(n: i32, learningRate: f64, momentum: f64, factor: f64, decay: f64, g: usize, v: usize, w: usize): void {
  const rate = f64x2.splat(learningRate), keep = f64x2.splat(momentum)
  const scale = f64x2.splat(factor), shrink = f64x2.splat(decay)
  let i = 0
  for (; i + 2 <= n; i += 2) {
    const at = bytes<T>(i)
    const slope = f64x2.add(f64x2.mul(scale, get<T>(g + at)), f64x2.mul(shrink, get<T>(w + at)))
    put<T>(v + at, f64x2.add(f64x2.mul(keep, get<T>(v + at)), slope))
    put<T>(w + at, f64x2.sub(get<T>(w + at), f64x2.mul(rate, get<T>(v + at))))
  }
  if (i < n) {
    const at = bytes<T>(i)
    store<T>(v + at, <T>(momentum * one<T>(v + at) + (factor * one<T>(g + at) + decay * one<T>(w + at))))
    store<T>(w + at, <T>(one<T>(w + at) - learningRate * one<T>(v + at)))
  }
}

export function relu(n: i32, x: usize, out: usize): void { reluOf<f64>(n, x, out) }
export function relu32(n: i32, x: usize, out: usize): void { reluOf<f32>(n, x, out) }
export function addWherePositive(n: i32, x: usize, e: usize, d: usize): void { addWherePositiveOf<f64>(n, x, e, d) }
export function addWherePositive32(n: i32, x: usize, e: usize, d: usize): void { addWherePositiveOf<f32>(n, x, e, d) }
export function add(n: i32, x: usize, y: usize): void { addOf<f64>(n, x, y) }
export function add32(n: i32, x: usize, y: usize): void { addOf<f32>(n, x, y) }
export function pool(n: i32, width: i32, x: usize, y: usize): void { poolOf<f64>(n, width, x, y) }
export function pool32(n: i32, width: i32, x: usize, y: usize): void { poolOf<f32>(n, width, x, y) }
export function normalize(n: i32, width: i32, x: usize, h: usize, scales: usize): void {
  normalizeOf<f64>(n, width, x, h, scales)
}
export function normalize32(n: i32, width: i32, x: usize, h: usize, scales: usize): void {
  normalizeOf<f32>(n, width, x, h, scales)
}
export function normalizeBack(n: i32, width: i32, h: usize, scales: usize, d: usize, dx: usize): void {
  normalizeBackOf<f64>(n, width, h, scales, d, dx)
}
export function normalizeBack32(n: i32, width: i32, h: usize, scales: usize, d: usize, dx: usize): void {
  normalizeBackOf<f32>(n, width, h, scales, d, dx)
}
export function addColumns(n: i32, width: i32, x: usize, out: usize): void { addColumnsOf<f64>(n, width, x, out) }
export function addColumns32(n: i32, width: i32, x: usize, out: usize): void { addColumnsOf<f32>(n, width, x, out) }
export function descend(
  n: i32, learningRate: f64, momentum: f64, factor: f64, decay: f64, g: usize, v: usize, w: usize,
): void {
  descendOf<f64>(n, learningRate, momentum, factor, decay, g, v, w)
}
export function descend32(
  n: i32, learningRate: f64, momentum: f64, factor: f64, decay: f64, g: usize, v: usize, w: usize,
): void {
  descendOf<f32>(n, learningRate, momentum, factor, decay, g, v, w)
}
