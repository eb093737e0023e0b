import { mulAdd } from '../../core/assembly/simd'

// One read and one write of every array. Coefficients are worked out in f64 and rounded to T once.

/** One vector of momentum. */
// @ts-ignore: decorator
@inline
function sgdAt<T>(p: usize, b: usize, g: usize, rate: v128, decay: v128, pull: v128, mu: v128, gain: v128, nesterov: i32): void {
  const x = v128.load(p)
  const gradient = mulAdd<T>(pull, x, v128.load(g))
  const velocity = v128.add<T>(v128.mul<T>(mu, v128.load(b)), v128.mul<T>(gain, gradient))
  v128.store(b, velocity)
  const direction = nesterov ? mulAdd<T>(mu, velocity, gradient) : velocity
  v128.store(p, v128.sub<T>(v128.mul<T>(decay, x), v128.mul<T>(rate, direction)))
}

// @ts-ignore: decorator
@inline
function sgdOf<T>(n: i32, p: usize, b: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, momentum: f64, gain: f64, nesterov: i32): void {
  const rate = <T>learningRate, decay = <T>decayFactor, pull = <T>l2, mu = <T>momentum, share = <T>gain
  const vrate = v128.splat<T>(rate), vdecay = v128.splat<T>(decay), vpull = v128.splat<T>(pull)
  const vmu = v128.splat<T>(mu), vshare = v128.splat<T>(share)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    sgdAt<T>(p, b, g, vrate, vdecay, vpull, vmu, vshare, nesterov)
    sgdAt<T>(p + 16, b + 16, g + 16, vrate, vdecay, vpull, vmu, vshare, nesterov)
    sgdAt<T>(p + 32, b + 32, g + 32, vrate, vdecay, vpull, vmu, vshare, nesterov)
    sgdAt<T>(p + 48, b + 48, g + 48, vrate, vdecay, vpull, vmu, vshare, nesterov)
    p += 64
    b += 64
    g += 64
  }
  for (; i + lanes <= n; i += lanes) {
    sgdAt<T>(p, b, g, vrate, vdecay, vpull, vmu, vshare, nesterov)
    p += 16
    b += 16
    g += 16
  }
  for (; i < n; i++) {
    const x = load<T>(p)
    const gradient = pull * x + load<T>(g)
    const velocity = mu * load<T>(b) + share * gradient
    store<T>(b, velocity)
    const direction: T = nesterov ? mu * velocity + gradient : velocity
    store<T>(p, decay * x - rate * direction)
    p += sizeof<T>()
    b += sizeof<T>()
    g += sizeof<T>()
  }
}

export function sgd(
  n: i32, p: usize, b: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, momentum: f64, gain: f64, nesterov: i32,
): void {
  sgdOf<f64>(n, p, b, g, learningRate, decayFactor, l2, momentum, gain, nesterov)
}
export function sgd32(
  n: i32, p: usize, b: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, momentum: f64, gain: f64, nesterov: i32,
): void {
  sgdOf<f32>(n, p, b, g, learningRate, decayFactor, l2, momentum, gain, nesterov)
}
