import { laneSum, mulAdd } from './simd'

export function dotOf<T>(n: i32, x: usize, y: usize): T {
  let s0 = v128.splat<T>(0), s1 = s0, s2 = s0, s3 = s0
  const step = 64 / sizeof<T>()
  let i = 0
  for (; i + <i32>step <= n; i += <i32>step) {
    s0 = mulAdd<T>(v128.load(x), v128.load(y), s0)
    s1 = mulAdd<T>(v128.load(x, 16), v128.load(y, 16), s1)
    s2 = mulAdd<T>(v128.load(x, 32), v128.load(y, 32), s2)
    s3 = mulAdd<T>(v128.load(x, 48), v128.load(y, 48), s3)
    x += 64
    y += 64
  }
  let s = laneSum<T>(v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3)))
  for (; i < n; i++) {
    s += load<T>(x) * load<T>(y)
    x += sizeof<T>()
    y += sizeof<T>()
  }
  return s
}

export function axpyOf<T>(n: i32, alpha: T, x: usize, y: usize): void {
  const a = v128.splat<T>(alpha)
  const step = 64 / sizeof<T>()
  let i = 0
  for (; i + <i32>step <= n; i += <i32>step) {
    v128.store(y, mulAdd<T>(a, v128.load(x), v128.load(y)))
    v128.store(y, mulAdd<T>(a, v128.load(x, 16), v128.load(y, 16)), 16)
    v128.store(y, mulAdd<T>(a, v128.load(x, 32), v128.load(y, 32)), 32)
    v128.store(y, mulAdd<T>(a, v128.load(x, 48), v128.load(y, 48)), 48)
    x += 64
    y += 64
  }
  for (; i < n; i++) {
    store<T>(y, alpha * load<T>(x) + load<T>(y))
    x += sizeof<T>()
    y += sizeof<T>()
  }
}

export function dot(n: i32, x: usize, y: usize): f64 {
  return dotOf<f64>(n, x, y)
}
export function dot32(n: i32, x: usize, y: usize): f32 {
  return dotOf<f32>(n, x, y)
}
export function axpy(n: i32, alpha: f64, x: usize, y: usize): void {
  axpyOf<f64>(n, alpha, x, y)
}
export function axpy32(n: i32, alpha: f32, x: usize, y: usize): void {
  axpyOf<f32>(n, alpha, x, y)
}
