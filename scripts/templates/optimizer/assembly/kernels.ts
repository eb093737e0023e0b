import { mulAdd } from '../../../core/assembly/simd'

// One pass: every array is read and written once. Coefficients are worked out in f64 and rounded to T once.
// src/__name__.ts has the same operations in the same order in plain JavaScript: the same bits.

// @ts-ignore: decorator
@inline
function stepOf<T>(n: i32, x: usize, b: usize, g: usize, learningRate: f64, decayFactor: f64, momentum: f64): void {
  const rate = <T>learningRate, decay = <T>decayFactor, mu = <T>momentum
  const rates = v128.splat<T>(rate), decays = v128.splat<T>(decay), mus = v128.splat<T>(mu)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  if (n >= lanes) do {
    const velocity = mulAdd<T>(mus, v128.load(b), v128.load(g))
    v128.store(b, velocity)
    v128.store(x, v128.sub<T>(v128.mul<T>(decays, v128.load(x)), v128.mul<T>(rates, velocity)))
    x += 16
    b += 16
    g += 16
    i += lanes
  } while (i + lanes <= n)
  for (; i < n; i++) {
    const velocity = mu * load<T>(b) + load<T>(g)
    store<T>(b, velocity)
    store<T>(x, decay * load<T>(x) - rate * velocity)
    x += sizeof<T>()
    b += sizeof<T>()
    g += sizeof<T>()
  }
}

export function __camel__(n: i32, x: usize, b: usize, g: usize, learningRate: f64, decayFactor: f64, momentum: f64): void {
  stepOf<f64>(n, x, b, g, learningRate, decayFactor, momentum)
}
export function __camel__32(n: i32, x: usize, b: usize, g: usize, learningRate: f64, decayFactor: f64, momentum: f64): void {
  stepOf<f32>(n, x, b, g, learningRate, decayFactor, momentum)
}
