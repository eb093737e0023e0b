import { mulAdd } from '../../core/assembly/simd'

// One read and one write of every array. Coefficients are worked out in f64 and rounded to T once.

/** One vector of plain descent. */
// @ts-ignore: decorator
@inline
function descendAt<T>(p: usize, g: usize, rate: v128, decay: v128, pull: v128): void {
  const x = v128.load(p)
  v128.store(p, v128.sub<T>(v128.mul<T>(decay, x), v128.mul<T>(rate, mulAdd<T>(pull, x, v128.load(g)))))
}

// @ts-ignore: decorator
@inline
function descendOf<T>(n: i32, p: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64): void {
  const rate = <T>learningRate, decay = <T>decayFactor, pull = <T>l2
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

export function descend(n: i32, p: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64): void {
  descendOf<f64>(n, p, g, learningRate, decayFactor, l2)
}
export function descend32(n: i32, p: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64): void {
  descendOf<f32>(n, p, g, learningRate, decayFactor, l2)
}
