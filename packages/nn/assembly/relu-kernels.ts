import { bytes } from '../../core/assembly/simd'

/** a = max(s, 0), and NaN where s is NaN or -Infinity. In float64 half of s is taken twice, in float32 no half may round. */
function reluOf<T>(n: i32, s: usize, a: usize): void {
  const end = s + bytes<T>(n), last = end - 16
  const zero = v128.splat<T>(0), half = f64x2.splat(0.5)
  for (; s <= last; s += 16, a += 16) {
    const x = v128.load(s)
    if (sizeof<T>() == 8) {
      const h = f64x2.mul(half, x)
      v128.store(a, f64x2.add(h, f64x2.abs(h)))
    } else v128.store(a, v128.add<T>(v128.max<T>(x, zero), v128.mul<T>(zero, v128.min<T>(x, zero))))
  }
  for (; s < end; s += sizeof<T>(), a += sizeof<T>()) {
    const h = 0.5 * <f64>load<T>(s)
    store<T>(a, <T>(h + Math.abs(h)))
  }
}

/** d *= 1 where s > 0, else 0. */
function stepOf<T>(n: i32, s: usize, d: usize): void {
  const end = s + bytes<T>(n), last = end - 16
  const zero = v128.splat<T>(0), one = v128.splat<T>(1)
  for (; s <= last; s += 16, d += 16)
    v128.store(d, v128.mul<T>(v128.load(d), v128.and(v128.gt<T>(v128.load(s), zero), one)))
  for (; s < end; s += sizeof<T>(), d += sizeof<T>()) store<T>(d, load<T>(d) * <T>i32(load<T>(s) > 0))
}

export function relu(n: i32, s: usize, a: usize): void {
  reluOf<f64>(n, s, a)
}
export function relu32(n: i32, s: usize, a: usize): void {
  reluOf<f32>(n, s, a)
}
export function timesStep(n: i32, s: usize, d: usize): void {
  stepOf<f64>(n, s, d)
}
export function timesStep32(n: i32, s: usize, d: usize): void {
  stepOf<f32>(n, s, d)
}
