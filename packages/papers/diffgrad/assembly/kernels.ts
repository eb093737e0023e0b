import { averageAt, averageOne } from '../../../optimizers/assembly/average'
import { expCore } from '../../../core/assembly/exp'
import { mulAdd } from '../../../core/assembly/simd'

// One read and one write of every array. Coefficients are worked out in f64 and rounded to T once.

/** exp(x) of every lane, x at most 0 or NaN; float32 by way of float64. */
// @ts-ignore: decorator
@inline
function expOf<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return expCore(x)
  const low = expCore(f64x2.promote_low_f32x4(x))
  const high = expCore(f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0)))
  return i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
}

// @ts-ignore: decorator
@inline
function diffgradOf<T>(
  n: i32, p: usize, m: usize, v: usize, q: usize, g: usize,
  stepSize: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64, l2: f64,
): void {
  const b1 = <T>beta1, c1 = <T>(1 - beta1), b2 = <T>beta2, c2 = <T>(1 - beta2)
  const rate = <T>stepSize, decay = <T>decayFactor, eps = <T>epsilon, pull = <T>l2
  const vb1 = v128.splat<T>(b1), vc1 = v128.splat<T>(c1), vb2 = v128.splat<T>(b2), vc2 = v128.splat<T>(c2)
  const vrate = v128.splat<T>(rate), vdecay = v128.splat<T>(decay), veps = v128.splat<T>(eps), vpull = v128.splat<T>(pull)
  const one = v128.splat<T>(1)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    const x = v128.load(p)
    const gradient = mulAdd<T>(vpull, x, v128.load(g))
    const first = averageAt<T>(m, vb1, vc1, gradient)
    const second = averageAt<T>(v, vb2, vc2, v128.mul<T>(gradient, gradient))
    const change = v128.sub<T>(v128.load(q), gradient)
    const rub = v128.add<T>(one, expOf<T>(v128.neg<T>(v128.abs<T>(change))))
    v128.store(q, gradient)
    const root = v128.mul<T>(rub, v128.add<T>(v128.sqrt<T>(second), veps))
    v128.store(p, v128.sub<T>(v128.mul<T>(vdecay, x), v128.div<T>(v128.mul<T>(vrate, first), root)))
    p += 16
    m += 16
    v += 16
    q += 16
    g += 16
  }
  for (; i < n; i++) {
    const x = load<T>(p)
    const gradient = pull * x + load<T>(g)
    const first = averageOne<T>(m, b1, c1, gradient)
    const second = averageOne<T>(v, b2, c2, gradient * gradient)
    const change = <f64>(load<T>(q) - gradient)
    const rub = <T>1 + <T>f64x2.extract_lane(expCore(f64x2.splat(-abs(change))), 0)
    store<T>(q, gradient)
    store<T>(p, decay * x - (rate * first) / (rub * (sqrt<T>(second) + eps)))
    p += sizeof<T>()
    m += sizeof<T>()
    v += sizeof<T>()
    q += sizeof<T>()
    g += sizeof<T>()
  }
}

export function diffgrad(
  n: i32, p: usize, m: usize, v: usize, q: usize, g: usize,
  stepSize: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64, l2: f64,
): void {
  diffgradOf<f64>(n, p, m, v, q, g, stepSize, decayFactor, beta1, beta2, epsilon, l2)
}
export function diffgrad32(
  n: i32, p: usize, m: usize, v: usize, q: usize, g: usize,
  stepSize: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64, l2: f64,
): void {
  diffgradOf<f32>(n, p, m, v, q, g, stepSize, decayFactor, beta1, beta2, epsilon, l2)
}
