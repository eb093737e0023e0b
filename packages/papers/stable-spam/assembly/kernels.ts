export { adamw, adamw32 } from '../../../optimizers/assembly/adamw'

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

// @ts-ignore: decorator
@inline
function scaleOf<T>(n: i32, x: usize, factor: f64): void {
  const scale = <T>factor
  const vscale = v128.splat<T>(scale)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    v128.store(x, v128.mul<T>(vscale, v128.load(x)))
    x += 16
  }
  for (; i < n; i++) {
    store<T>(x, scale * load<T>(x))
    x += sizeof<T>()
  }
}

export function scale(n: i32, x: usize, factor: f64): void {
  scaleOf<f64>(n, x, factor)
}
export function scale32(n: i32, x: usize, factor: f64): void {
  scaleOf<f32>(n, x, factor)
}
export function scaleAbove(n: i32, x: usize, limit: f64, factor: f64): void {
  scaleAboveOf<f64>(n, x, limit, factor)
}
export function scaleAbove32(n: i32, x: usize, limit: f64, factor: f64): void {
  scaleAboveOf<f32>(n, x, limit, factor)
}
