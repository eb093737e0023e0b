// One read and one write of every array. Coefficients are worked out in f64 and rounded to T once.

/** The bit that is the sign of each lane. */
// @ts-ignore: decorator
@inline
function signBits<T>(): v128 {
  if (sizeof<T>() == 8) return i64x2.splat(0x8000000000000000)
  return i32x4.splat(0x80000000)
}

/** One vector of Lion. */
// @ts-ignore: decorator
@inline
function lionAt<T>(
  p: usize, m: usize, g: usize, b1: v128, c1: v128, b2: v128, c2: v128, decayFactor: v128, rate: v128, signs: v128, zero: v128,
): void {
  const gradient = v128.load(g), moment = v128.load(m)
  const c = v128.add<T>(v128.mul<T>(b1, moment), v128.mul<T>(c1, gradient))
  // +-rate by the sign of c, 0 where c is 0, NaN where c is NaN.
  const signed = v128.and(v128.or(v128.and(c, signs), rate), v128.ne<T>(c, zero))
  const step = v128.or(signed, v128.ne<T>(c, c))
  v128.store(p, v128.sub<T>(v128.mul<T>(decayFactor, v128.load(p)), step))
  v128.store(m, v128.add<T>(v128.mul<T>(b2, moment), v128.mul<T>(c2, gradient)))
}

// Four vectors a turn: 1.5 times as fast in the cache as one by one. (Where there are roots and
// quotients they set the pace.)
// @ts-ignore: decorator
@inline
function lionOf<T>(n: i32, p: usize, m: usize, g: usize, learningRate: f64, weightDecay: f64, beta1: f64, beta2: f64): void {
  const b1 = <T>beta1, c1 = <T>(1 - beta1), b2 = <T>beta2, c2 = <T>(1 - beta2)
  const decayFactor = <T>(1 - learningRate * weightDecay), rate = <T>learningRate
  const vb1 = v128.splat<T>(b1), vc1 = v128.splat<T>(c1), vb2 = v128.splat<T>(b2), vc2 = v128.splat<T>(c2)
  const vdecay = v128.splat<T>(decayFactor), vrate = v128.splat<T>(rate), signs = signBits<T>(), zero = v128.splat<T>(0)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    lionAt<T>(p, m, g, vb1, vc1, vb2, vc2, vdecay, vrate, signs, zero)
    lionAt<T>(p + 16, m + 16, g + 16, vb1, vc1, vb2, vc2, vdecay, vrate, signs, zero)
    lionAt<T>(p + 32, m + 32, g + 32, vb1, vc1, vb2, vc2, vdecay, vrate, signs, zero)
    lionAt<T>(p + 48, m + 48, g + 48, vb1, vc1, vb2, vc2, vdecay, vrate, signs, zero)
    p += 64
    m += 64
    g += 64
  }
  for (; i + lanes <= n; i += lanes) {
    lionAt<T>(p, m, g, vb1, vc1, vb2, vc2, vdecay, vrate, signs, zero)
    p += 16
    m += 16
    g += 16
  }
  for (; i < n; i++) {
    const gradient = load<T>(g), moment = load<T>(m)
    const c = b1 * moment + c1 * gradient
    const step: T = c > 0 ? rate : c < 0 ? -rate : c == 0 ? 0 : c
    store<T>(p, decayFactor * load<T>(p) - step)
    store<T>(m, b2 * moment + c2 * gradient)
    p += sizeof<T>()
    m += sizeof<T>()
    g += sizeof<T>()
  }
}

export function lion(n: i32, p: usize, m: usize, g: usize, learningRate: f64, weightDecay: f64, beta1: f64, beta2: f64): void {
  lionOf<f64>(n, p, m, g, learningRate, weightDecay, beta1, beta2)
}
export function lion32(n: i32, p: usize, m: usize, g: usize, learningRate: f64, weightDecay: f64, beta1: f64, beta2: f64): void {
  lionOf<f32>(n, p, m, g, learningRate, weightDecay, beta1, beta2)
}
