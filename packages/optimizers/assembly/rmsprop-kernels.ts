import { averageAt, averageOne } from './average'
import { mulAdd } from '../../core/assembly/simd'

// One read and one write of every array. Coefficients are worked out in f64 and rounded to T once.

// @ts-ignore: decorator
@inline
function rmspropOf<T>(
  n: i32, p: usize, s: usize, a: usize, b: usize, g: usize,
  learningRate: f64, decayFactor: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64, centered: bool, carries: bool,
): void {
  const rate = <T>learningRate, decay = <T>decayFactor, pull = <T>l2, eps = <T>epsilon
  const old = <T>alpha, fresh = <T>(1 - alpha), mu = <T>momentum
  const vrate = v128.splat<T>(rate), vdecay = v128.splat<T>(decay), vpull = v128.splat<T>(pull), veps = v128.splat<T>(eps)
  const vold = v128.splat<T>(old), vfresh = v128.splat<T>(fresh), vmu = v128.splat<T>(mu), zero = v128.splat<T>(0)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  if (n >= lanes) do {
    const x = v128.load(p)
    const gradient = mulAdd<T>(vpull, x, v128.load(g))
    let second = averageAt<T>(s, vold, vfresh, v128.mul<T>(gradient, gradient))
    if (centered) {
      const mean = averageAt<T>(a, vold, vfresh, gradient)
      second = v128.pmax<T>(v128.sub<T>(second, v128.mul<T>(mean, mean)), zero)
      a += 16
    }
    let direction = v128.div<T>(gradient, v128.add<T>(v128.sqrt<T>(second), veps))
    if (carries) {
      direction = mulAdd<T>(vmu, v128.load(b), direction)
      v128.store(b, direction)
      b += 16
    }
    v128.store(p, v128.sub<T>(v128.mul<T>(vdecay, x), v128.mul<T>(vrate, direction)))
    p += 16
    s += 16
    g += 16
    i += lanes
  } while (i + lanes <= n)
  for (; i < n; i++) {
    const x = load<T>(p)
    const gradient = pull * x + load<T>(g)
    let second = averageOne<T>(s, old, fresh, gradient * gradient)
    if (centered) {
      const mean = averageOne<T>(a, old, fresh, gradient)
      second -= mean * mean
      if (second < 0) second = 0
      a += sizeof<T>()
    }
    let direction = gradient / (sqrt<T>(second) + eps)
    if (carries) {
      direction = mu * load<T>(b) + direction
      store<T>(b, direction)
      b += sizeof<T>()
    }
    store<T>(p, decay * x - rate * direction)
    p += sizeof<T>()
    s += sizeof<T>()
    g += sizeof<T>()
  }
}

export function rmsprop(
  n: i32, p: usize, s: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64,
): void {
  rmspropOf<f64>(n, p, s, s, s, g, learningRate, decayFactor, l2, alpha, epsilon, momentum, false, false)
}
export function rmsprop32(
  n: i32, p: usize, s: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64,
): void {
  rmspropOf<f32>(n, p, s, s, s, g, learningRate, decayFactor, l2, alpha, epsilon, momentum, false, false)
}
export function rmspropCentered(
  n: i32, p: usize, s: usize, a: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64,
): void {
  rmspropOf<f64>(n, p, s, a, s, g, learningRate, decayFactor, l2, alpha, epsilon, momentum, true, false)
}
export function rmspropCentered32(
  n: i32, p: usize, s: usize, a: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64,
): void {
  rmspropOf<f32>(n, p, s, a, s, g, learningRate, decayFactor, l2, alpha, epsilon, momentum, true, false)
}
export function rmspropMomentum(
  n: i32, p: usize, s: usize, b: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64,
): void {
  rmspropOf<f64>(n, p, s, s, b, g, learningRate, decayFactor, l2, alpha, epsilon, momentum, false, true)
}
export function rmspropMomentum32(
  n: i32, p: usize, s: usize, b: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64,
): void {
  rmspropOf<f32>(n, p, s, s, b, g, learningRate, decayFactor, l2, alpha, epsilon, momentum, false, true)
}
export function rmspropCenteredMomentum(
  n: i32, p: usize, s: usize, a: usize, b: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64,
): void {
  rmspropOf<f64>(n, p, s, a, b, g, learningRate, decayFactor, l2, alpha, epsilon, momentum, true, true)
}
export function rmspropCenteredMomentum32(
  n: i32, p: usize, s: usize, a: usize, b: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64,
): void {
  rmspropOf<f32>(n, p, s, a, b, g, learningRate, decayFactor, l2, alpha, epsilon, momentum, true, true)
}
