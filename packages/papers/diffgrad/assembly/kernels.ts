import { averageAt, averageOne } from '../../../optimizers/assembly/average'
import { expCore } from '../../../core/assembly/exp'
import { mulAdd } from '../../../core/assembly/simd'

// Memory is read and written once: two loops over blocks. Coefficients are worked out in f64 and rounded to T once.

// The friction 1 / xi = 1 + exp(-|change|). In float32, exp(-s) = 2^n 2^f with n = round(t), f = t - n, t = -s / ln 2, and
// 2^f = 1 + f q(f) with our own near-minimax fit on [-1/2, 1/2] (error 2e-9); from s = 18 on the friction is 1. It is within 1.1 ulp, xi within 1.2.

/** The friction of sizes of change, in float32. */
// @ts-ignore: decorator
@inline
function friction(
  size: v128, limit: v128, scale: v128, magic: v128, one: v128, q0: v128, q1: v128, q2: v128, q3: v128, q4: v128, q5: v128,
): v128 {
  const t = f32x4.mul(f32x4.pmin(size, limit), scale)
  const shifted = f32x4.add(t, magic)
  const f = f32x4.sub(t, f32x4.sub(shifted, magic))
  const f2 = f32x4.mul(f, f)
  const high = mulAdd<f32>(f2, mulAdd<f32>(f, q5, q4), mulAdd<f32>(f, q3, q2))
  const q = mulAdd<f32>(f2, high, mulAdd<f32>(f, q1, q0))
  return mulAdd<f32>(mulAdd<f32>(f, q, one), i32x4.shl(shifted, 23), one)
}

/** q = the friction: a loop of its own, since the constants of both together do not fit into the registers. */
// @ts-ignore: decorator
@inline
function frictionsOf<T>(n: i32, p: usize, q: usize, g: usize, l2: f64): void {
  const pull = <T>l2, vpull = v128.splat<T>(pull), one = v128.splat<T>(1)
  // Constants that the compiler does not see through stay in registers; others are built anew in every turn of the loop.
  const zero = 0 * l2
  const limit = v128.splat<T>(<T>(zero + 18)), scale = v128.splat<T>(<T>(zero - 1.4426950408889634))
  const magic = v128.splat<T>(<T>(zero + 12583039)) // 1.5 * 2^23 + 127: adding it rounds, and leaves the bits of 2^n lowest
  const q0 = v128.splat<T>(<T>(zero + 0.6931472)), q1 = v128.splat<T>(<T>(zero + 0.24022648))
  const q2 = v128.splat<T>(<T>(zero + 0.055503324)), q3 = v128.splat<T>(<T>(zero + 0.009618437))
  const q4 = v128.splat<T>(<T>(zero + 0.0013398875)), q5 = v128.splat<T>(<T>(zero + 0.00015353362))
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    const size = v128.abs<T>(v128.sub<T>(v128.load(q), mulAdd<T>(vpull, v128.load(p), v128.load(g))))
    if (sizeof<T>() == 8) v128.store(q, v128.add<T>(one, expCore(v128.neg<T>(size))))
    else v128.store(q, friction(size, limit, scale, magic, one, q0, q1, q2, q3, q4, q5))
    p += 16
    q += 16
    g += 16
  }
  for (; i < n; i++) {
    const size = abs(load<T>(q) - (pull * load<T>(p) + load<T>(g)))
    if (sizeof<T>() == 8) store<T>(q, <T>(1 + f64x2.extract_lane(expCore(f64x2.splat(-<f64>size)), 0)))
    else store<T>(q, <T>f32x4.extract_lane(friction(f32x4.splat(<f32>size), limit, scale, magic, one, q0, q1, q2, q3, q4, q5), 0))
    p += sizeof<T>()
    q += sizeof<T>()
    g += sizeof<T>()
  }
}

/** The update, where q is the friction; leaves the gradient in q. */
// @ts-ignore: decorator
@inline
function stepOf<T>(
  n: i32, p: usize, m: usize, v: usize, q: usize, g: usize,
  stepSize: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64, l2: f64,
): void {
  const b1 = <T>beta1, c1 = <T>(1 - beta1), b2 = <T>beta2, c2 = <T>(1 - beta2)
  const rate = <T>stepSize, decay = <T>decayFactor, eps = <T>epsilon, pull = <T>l2
  const vb1 = v128.splat<T>(b1), vc1 = v128.splat<T>(c1), vb2 = v128.splat<T>(b2), vc2 = v128.splat<T>(c2)
  const vrate = v128.splat<T>(rate), vdecay = v128.splat<T>(decay), veps = v128.splat<T>(eps), vpull = v128.splat<T>(pull)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    const x = v128.load(p)
    const gradient = mulAdd<T>(vpull, x, v128.load(g))
    const first = averageAt<T>(m, vb1, vc1, gradient)
    const second = averageAt<T>(v, vb2, vc2, v128.mul<T>(gradient, gradient))
    const root = v128.mul<T>(v128.load(q), v128.add<T>(v128.sqrt<T>(second), veps))
    v128.store(q, gradient)
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
    const root = load<T>(q) * (sqrt<T>(second) + eps)
    store<T>(q, gradient)
    store<T>(p, decay * x - (rate * first) / root)
    p += sizeof<T>()
    m += sizeof<T>()
    v += sizeof<T>()
    q += sizeof<T>()
    g += sizeof<T>()
  }
}

/** Entries that stay in the first cache between the two loops. */
const BLOCK: i32 = 512

// @ts-ignore: decorator
@inline
function diffgradOf<T>(
  n: i32, p: usize, m: usize, v: usize, q: usize, g: usize,
  stepSize: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64, l2: f64,
): void {
  for (let i = 0; i < n; i += BLOCK) {
    const at = <usize>i * sizeof<T>(), count = min(n - i, BLOCK)
    frictionsOf<T>(count, p + at, q + at, g + at, l2)
    stepOf<T>(count, p + at, m + at, v + at, q + at, g + at, stepSize, decayFactor, beta1, beta2, epsilon, l2)
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
