import { mulAdd } from './simd'

// Fused updates of plain descent, momentum, RMSProp and Adagrad, made like those of optimizers.ts.

/** One vector of momentum. */
// @ts-ignore: decorator
@inline
function sgdAt<T>(p: usize, b: usize, g: usize, rate: v128, keep: v128, pull: v128, mu: v128, gain: v128, nesterov: i32): void {
  const x = v128.load(p)
  const gradient = mulAdd<T>(pull, x, v128.load(g))
  const velocity = v128.add<T>(v128.mul<T>(mu, v128.load(b)), v128.mul<T>(gain, gradient))
  v128.store(b, velocity)
  const direction = nesterov ? mulAdd<T>(mu, velocity, gradient) : velocity
  v128.store(p, v128.sub<T>(v128.mul<T>(keep, x), v128.mul<T>(rate, direction)))
}

// @ts-ignore: decorator
@inline
function sgdOf<T>(n: i32, p: usize, b: usize, g: usize, learningRate: f64, keep: f64, l2: f64, momentum: f64, gain: f64, nesterov: i32): void {
  const rate = <T>learningRate, decay = <T>keep, pull = <T>l2, mu = <T>momentum, share = <T>gain
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

/** One vector of plain descent. */
// @ts-ignore: decorator
@inline
function descendAt<T>(p: usize, g: usize, rate: v128, keep: v128, pull: v128): void {
  const x = v128.load(p)
  v128.store(p, v128.sub<T>(v128.mul<T>(keep, x), v128.mul<T>(rate, mulAdd<T>(pull, x, v128.load(g)))))
}

// @ts-ignore: decorator
@inline
function descendOf<T>(n: i32, p: usize, g: usize, learningRate: f64, keep: f64, l2: f64): void {
  const rate = <T>learningRate, decay = <T>keep, pull = <T>l2
  const vrate = v128.splat<T>(rate), vdecay = v128.splat<T>(decay), vpull = v128.splat<T>(pull)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    descendAt<T>(p, g, vrate, vdecay, vpull)
    descendAt<T>(p + 16, g + 16, vrate, vdecay, vpull)
    descendAt<T>(p + 32, g + 32, vrate, vdecay, vpull)
    descendAt<T>(p + 48, g + 48, vrate, vdecay, vpull)
    p += 64
    g += 64
  }
  for (; i + lanes <= n; i += lanes) {
    descendAt<T>(p, g, vrate, vdecay, vpull)
    p += 16
    g += 16
  }
  for (; i < n; i++) {
    const x = load<T>(p)
    store<T>(p, decay * x - rate * (pull * x + load<T>(g)))
    p += sizeof<T>()
    g += sizeof<T>()
  }
}

// @ts-ignore: decorator
@inline
function rmspropOf<T>(
  n: i32, p: usize, s: usize, a: usize, b: usize, g: usize,
  learningRate: f64, keep: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64, centered: i32,
): void {
  const rate = <T>learningRate, decay = <T>keep, pull = <T>l2, eps = <T>epsilon
  const old = <T>alpha, fresh = <T>(1 - alpha), mu = <T>momentum
  const vrate = v128.splat<T>(rate), vdecay = v128.splat<T>(decay), vpull = v128.splat<T>(pull), veps = v128.splat<T>(eps)
  const vold = v128.splat<T>(old), vfresh = v128.splat<T>(fresh), vmu = v128.splat<T>(mu), zero = v128.splat<T>(0)
  const carries = momentum > 0
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    const x = v128.load(p)
    const gradient = mulAdd<T>(vpull, x, v128.load(g))
    let second = v128.add<T>(v128.mul<T>(vold, v128.load(s)), v128.mul<T>(vfresh, v128.mul<T>(gradient, gradient)))
    v128.store(s, second)
    if (centered) {
      const mean = v128.add<T>(v128.mul<T>(vold, v128.load(a)), v128.mul<T>(vfresh, gradient))
      v128.store(a, mean)
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
  }
  for (; i < n; i++) {
    const x = load<T>(p)
    const gradient = pull * x + load<T>(g)
    let second = old * load<T>(s) + fresh * (gradient * gradient)
    store<T>(s, second)
    if (centered) {
      const mean = old * load<T>(a) + fresh * gradient
      store<T>(a, mean)
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

// @ts-ignore: decorator
@inline
function adagradOf<T>(n: i32, p: usize, s: usize, g: usize, learningRate: f64, keep: f64, l2: f64, epsilon: f64): void {
  const rate = <T>learningRate, decay = <T>keep, pull = <T>l2, eps = <T>epsilon
  const vrate = v128.splat<T>(rate), vdecay = v128.splat<T>(decay), vpull = v128.splat<T>(pull), veps = v128.splat<T>(eps)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    const x = v128.load(p)
    const gradient = mulAdd<T>(vpull, x, v128.load(g))
    const sum = mulAdd<T>(gradient, gradient, v128.load(s))
    v128.store(s, sum)
    const step = v128.div<T>(v128.mul<T>(vrate, gradient), v128.add<T>(v128.sqrt<T>(sum), veps))
    v128.store(p, v128.sub<T>(v128.mul<T>(vdecay, x), step))
    p += 16
    s += 16
    g += 16
  }
  for (; i < n; i++) {
    const x = load<T>(p)
    const gradient = pull * x + load<T>(g)
    const sum = gradient * gradient + load<T>(s)
    store<T>(s, sum)
    store<T>(p, decay * x - (rate * gradient) / (sqrt<T>(sum) + eps))
    p += sizeof<T>()
    s += sizeof<T>()
    g += sizeof<T>()
  }
}

export function descend(n: i32, p: usize, g: usize, learningRate: f64, keep: f64, l2: f64): void {
  descendOf<f64>(n, p, g, learningRate, keep, l2)
}
export function sgd(
  n: i32, p: usize, b: usize, g: usize, learningRate: f64, keep: f64, l2: f64, momentum: f64, gain: f64, nesterov: i32,
): void {
  sgdOf<f64>(n, p, b, g, learningRate, keep, l2, momentum, gain, nesterov)
}
export function rmsprop(
  n: i32, p: usize, s: usize, a: usize, b: usize, g: usize,
  learningRate: f64, keep: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64, centered: i32,
): void {
  rmspropOf<f64>(n, p, s, a, b, g, learningRate, keep, l2, alpha, epsilon, momentum, centered)
}
export function adagrad(n: i32, p: usize, s: usize, g: usize, learningRate: f64, keep: f64, l2: f64, epsilon: f64): void {
  adagradOf<f64>(n, p, s, g, learningRate, keep, l2, epsilon)
}
export function descend32(n: i32, p: usize, g: usize, learningRate: f64, keep: f64, l2: f64): void {
  descendOf<f32>(n, p, g, learningRate, keep, l2)
}
export function sgd32(
  n: i32, p: usize, b: usize, g: usize, learningRate: f64, keep: f64, l2: f64, momentum: f64, gain: f64, nesterov: i32,
): void {
  sgdOf<f32>(n, p, b, g, learningRate, keep, l2, momentum, gain, nesterov)
}
export function rmsprop32(
  n: i32, p: usize, s: usize, a: usize, b: usize, g: usize,
  learningRate: f64, keep: f64, l2: f64, alpha: f64, epsilon: f64, momentum: f64, centered: i32,
): void {
  rmspropOf<f32>(n, p, s, a, b, g, learningRate, keep, l2, alpha, epsilon, momentum, centered)
}
export function adagrad32(n: i32, p: usize, s: usize, g: usize, learningRate: f64, keep: f64, l2: f64, epsilon: f64): void {
  adagradOf<f32>(n, p, s, g, learningRate, keep, l2, epsilon)
}
