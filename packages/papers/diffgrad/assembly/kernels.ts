import { averageAt, averageOne } from '../../../optimizers/assembly/average'
import { expCore } from '../../../core/assembly/exp'
import { SCRATCH } from '../../../core/assembly/scratch'
import { mulAdd } from '../../../core/assembly/simd'

// A block of entries stays in the first cache while short loops go over it: their constants fit into the registers, and
// their chains of operations into what the processor looks ahead. Coefficients are worked out in f64 and rounded to T once.

/** Entries of a block: as many float32 numbers as SCRATCH has room for. */
const BLOCK: i32 = 512

// The friction is 1 / xi = 1 + exp(-|change|). In float32, exp(-s) = 2^n 2^f with t = -s / ln 2, n = round(t), f = t - n, and
// 2^f = 1 + f q(f) with our own near-minimax fit on [-1/2, 1/2] (error 2e-9); from s = 18 on it is 1. It is within 1.1 ulp, xi within 1.2.

const SCALE: f32 = 1.4426950408889634, LEAST: f32 = -25.96851 // 1 / ln 2, and t for s = 18
const MAGIC: f32 = 12583039 // 1.5 * 2^23 + 127: adding it rounds, and leaves the bits of 2^n lowest
const Q0: f32 = 0.6931472, Q1: f32 = 0.24022648, Q2: f32 = 0.055503324, Q3: f32 = 0.009618437, Q4: f32 = 0.0013398875, Q5: f32 = 0.00015353362

/** The gradient, with the penalty's if `penalised`, which is known when this is compiled. */
// @ts-ignore: decorator
@inline
function gradientAt<T>(g: usize, p: usize, pull: v128, penalised: bool): v128 {
  return penalised ? mulAdd<T>(pull, v128.load(p), v128.load(g)) : v128.load(g)
}

/** t, not below that of s = 18. */
// @ts-ignore: decorator
@inline
function exponent(change: v128, sign: v128, scale: v128, least: v128): v128 {
  return f32x4.pmax(v128.or(f32x4.mul(change, scale), sign), least)
}

/** 2^n 2^f, where `whole` is 2^n. */
// @ts-ignore: decorator
@inline
function power(f: v128, whole: v128, q0: v128, q1: v128, q2: v128, q3: v128, q4: v128, q5: v128): v128 {
  const f2 = f32x4.mul(f, f)
  const high = mulAdd<f32>(f2, mulAdd<f32>(f, q5, q4), mulAdd<f32>(f, q3, q2))
  const q = mulAdd<f32>(f2, high, mulAdd<f32>(f, q1, q0))
  return mulAdd<f32>(f32x4.mul(f, whole), q, whole)
}

/** exp(-|change|) of one entry. */
function expOne<T>(change: T): T {
  if (sizeof<T>() == 8) return <T>f64x2.extract_lane(expCore(f64x2.splat(-abs<f64>(<f64>change))), 0)
  const t = max(-abs(<f32>change) * SCALE, LEAST)
  const shifted = t + MAGIC
  const f = f32x4.splat(t - (shifted - MAGIC)), whole = i32x4.splat(reinterpret<i32>(shifted) << 23)
  const q0 = f32x4.splat(Q0), q1 = f32x4.splat(Q1), q2 = f32x4.splat(Q2)
  const q3 = f32x4.splat(Q3), q4 = f32x4.splat(Q4), q5 = f32x4.splat(Q5)
  return <T>f32x4.extract_lane(power(f, whole, q0, q1, q2, q3, q4, q5), 0)
}

/** q = exp(-|change|), in float64. */
// @ts-ignore: decorator
@inline
function exps64(n: i32, p: usize, q: usize, g: usize, pull: v128, penalised: bool): void {
  let i = 0
  do {
    const change = f64x2.sub(v128.load(q), gradientAt<f64>(g, p, pull, penalised))
    v128.store(q, expCore(f64x2.neg(f64x2.abs(change))))
    p += 16
    q += 16
    g += 16
    i += 2
  } while (i < n)
}

/** {@link exps64} in float32. `zero` is 0: constants stay in registers if the compiler does not see through them. */
// @ts-ignore: decorator
@inline
function exps32(n: i32, p: usize, q: usize, g: usize, pull: v128, penalised: bool, zero: f32): void {
  const sign = f32x4.splat(-zero), scale = f32x4.splat(zero + SCALE), least = f32x4.splat(zero + LEAST)
  const magic = f32x4.splat(zero + MAGIC)
  const start = q
  let whole = SCRATCH, i = 0
  do {
    const t = exponent(f32x4.sub(v128.load(q), gradientAt<f32>(g, p, pull, penalised)), sign, scale, least)
    const shifted = f32x4.add(t, magic)
    v128.store(q, f32x4.sub(t, f32x4.sub(shifted, magic)))
    v128.store(whole, i32x4.shl(shifted, 23))
    p += 16
    q += 16
    g += 16
    whole += 16
    i += 4
  } while (i < n)
  const q0 = f32x4.splat(zero + Q0), q1 = f32x4.splat(zero + Q1), q2 = f32x4.splat(zero + Q2)
  const q3 = f32x4.splat(zero + Q3), q4 = f32x4.splat(zero + Q4), q5 = f32x4.splat(zero + Q5)
  q = start
  whole = SCRATCH
  i = 0
  do {
    v128.store(q, power(v128.load(q), v128.load(whole), q0, q1, q2, q3, q4, q5))
    q += 16
    whole += 16
    i += 4
  } while (i < n)
}

/** The update, where the friction is 1 + q; leaves the gradient in q. */
// @ts-ignore: decorator
@inline
function update<T>(
  n: i32, p: usize, m: usize, v: usize, q: usize, g: usize, pull: v128, penalised: bool,
  rate: v128, decay: v128, b1: v128, c1: v128, b2: v128, c2: v128, eps: v128, one: v128,
): void {
  let i = 0
  do {
    const gradient = gradientAt<T>(g, p, pull, penalised)
    const first = averageAt<T>(m, b1, c1, gradient)
    const second = averageAt<T>(v, b2, c2, v128.mul<T>(gradient, gradient))
    const root = v128.mul<T>(v128.add<T>(one, v128.load(q)), v128.add<T>(v128.sqrt<T>(second), eps))
    v128.store(q, gradient)
    v128.store(p, v128.sub<T>(v128.mul<T>(decay, v128.load(p)), v128.div<T>(v128.mul<T>(rate, first), root)))
    p += 16
    m += 16
    v += 16
    q += 16
    g += 16
    i += 16 / sizeof<T>()
  } while (i < n)
}

/** Goes over entries a multiple of the lanes, block by block. */
// @ts-ignore: decorator
@inline
function vectors<T>(
  n: i32, p: usize, m: usize, v: usize, q: usize, g: usize, penalised: bool,
  rate: T, decay: T, b1: T, c1: T, b2: T, c2: T, eps: T, l2: T,
): void {
  const pull = v128.splat<T>(l2), vrate = v128.splat<T>(rate), vdecay = v128.splat<T>(decay), veps = v128.splat<T>(eps)
  const vb1 = v128.splat<T>(b1), vc1 = v128.splat<T>(c1), vb2 = v128.splat<T>(b2), vc2 = v128.splat<T>(c2), one = v128.splat<T>(1)
  for (let i = 0; i < n; i += BLOCK) {
    const at = <usize>i * sizeof<T>(), count = min(n - i, BLOCK)
    if (sizeof<T>() == 8) exps64(count, p + at, q + at, g + at, pull, penalised)
    else exps32(count, p + at, q + at, g + at, pull, penalised, <f32>(0 * l2))
    update<T>(count, p + at, m + at, v + at, q + at, g + at, pull, penalised, vrate, vdecay, vb1, vc1, vb2, vc2, veps, one)
  }
}

// @ts-ignore: decorator
@inline
function diffgradOf<T>(
  n: i32, p: usize, m: usize, v: usize, q: usize, g: usize,
  stepSize: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64, penalty: f64,
): void {
  const b1 = <T>beta1, c1 = <T>(1 - beta1), b2 = <T>beta2, c2 = <T>(1 - beta2)
  const rate = <T>stepSize, decay = <T>decayFactor, eps = <T>epsilon, l2 = <T>penalty
  const whole = n & -(16 / <i32>sizeof<T>())
  if (l2 == 0) vectors<T>(whole, p, m, v, q, g, false, rate, decay, b1, c1, b2, c2, eps, l2)
  else vectors<T>(whole, p, m, v, q, g, true, rate, decay, b1, c1, b2, c2, eps, l2)
  for (let i = whole; i < n; i++) {
    const at = <usize>i * sizeof<T>(), x = load<T>(p + at)
    const gradient = l2 == 0 ? load<T>(g + at) : l2 * x + load<T>(g + at)
    const first = averageOne<T>(m + at, b1, c1, gradient)
    const second = averageOne<T>(v + at, b2, c2, gradient * gradient)
    const root = (<T>1 + expOne<T>(load<T>(q + at) - gradient)) * (sqrt<T>(second) + eps)
    store<T>(q + at, gradient)
    store<T>(p + at, decay * x - (rate * first) / root)
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
