// src/kernels.ts has the contract and the plain twins: the same operations in the same order give the same bits.
import { laneSum } from '../../../core/assembly/simd'

export { axpy, dot } from '../../../core/assembly/vectors'
export { gemv, gemvT } from '../../../core/assembly/matrices'

/** v - clamp(v, -threshold, threshold) for v = x - eta g; pmin and pmax are single instructions, unlike min and max. */
// @ts-ignore: decorator
@inline
function shrunk(eta: v128, low: v128, high: v128, g: usize, x: usize): v128 {
  const v = f64x2.sub(v128.load(x), f64x2.mul(eta, v128.load(g)))
  return f64x2.sub(v, f64x2.pmin(f64x2.pmax(v, low), high))
}

// @ts-ignore: decorator
@inline
function shrunkOne(eta: f64, threshold: f64, g: usize, x: usize): f64 {
  const v = load<f64>(x) - eta * load<f64>(g)
  const raised = v < -threshold ? -threshold : v
  return v - (threshold < raised ? threshold : raised)
}

/** Stores d and adds d - d to the sum, which is 0, or NaN when d is not finite. */
// @ts-ignore: decorator
@inline
function stored(sum: v128, d: v128, out: usize): v128 {
  v128.store(out, d)
  return f64x2.add(sum, f64x2.sub(d, d))
}

export function softDescend(n: i32, eta: f64, threshold: f64, g: usize, x: usize, out: usize): f64 {
  const etas = f64x2.splat(eta), low = f64x2.splat(-threshold), high = f64x2.splat(threshold)
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0
  let i = 0
  for (; i + 8 <= n; i += 8) {
    s0 = stored(s0, shrunk(etas, low, high, g, x), out)
    s1 = stored(s1, shrunk(etas, low, high, g + 16, x + 16), out + 16)
    s2 = stored(s2, shrunk(etas, low, high, g + 32, x + 32), out + 32)
    s3 = stored(s3, shrunk(etas, low, high, g + 48, x + 48), out + 48)
    g += 64
    x += 64
    out += 64
  }
  let probe = laneSum<f64>(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)))
  for (; i < n; i++) {
    const d = shrunkOne(eta, threshold, g, x)
    store<f64>(out, d)
    probe += d - d
    g += 8
    x += 8
    out += 8
  }
  return probe
}

export function scaled(n: i32, factor: f64, x: usize, out: usize): void {
  const factors = f64x2.splat(factor)
  let i = 0
  for (; i + 8 <= n; i += 8) {
    v128.store(out, f64x2.mul(factors, v128.load(x)))
    v128.store(out + 16, f64x2.mul(factors, v128.load(x + 16)))
    v128.store(out + 32, f64x2.mul(factors, v128.load(x + 32)))
    v128.store(out + 48, f64x2.mul(factors, v128.load(x + 48)))
    x += 64
    out += 64
  }
  for (; i < n; i++) {
    store<f64>(out, factor * load<f64>(x))
    x += 8
    out += 8
  }
}
