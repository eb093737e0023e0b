import { mulAdd } from '../../core/assembly/simd'

// One read and one write of every array. Coefficients are worked out in f64 and rounded to T once.

// @ts-ignore: decorator
@inline
function adagradOf<T>(n: i32, p: usize, s: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, epsilon: f64): void {
  const rate = <T>learningRate, decay = <T>decayFactor, pull = <T>l2, eps = <T>epsilon
  const vrate = v128.splat<T>(rate), vdecay = v128.splat<T>(decay), vpull = v128.splat<T>(pull), veps = v128.splat<T>(eps)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  if (n >= lanes) do {
    const x = v128.load(p)
    const gradient = mulAdd<T>(vpull, x, v128.load(g))
    const sum = mulAdd<T>(gradient, gradient, v128.load(s))
    v128.store(s, sum)
    const step = v128.div<T>(v128.mul<T>(vrate, gradient), v128.add<T>(v128.sqrt<T>(sum), veps))
    v128.store(p, v128.sub<T>(v128.mul<T>(vdecay, x), step))
    p += 16
    s += 16
    g += 16
    i += lanes
  } while (i + lanes <= n)
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

export function adagrad(n: i32, p: usize, s: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, epsilon: f64): void {
  adagradOf<f64>(n, p, s, g, learningRate, decayFactor, l2, epsilon)
}
export function adagrad32(n: i32, p: usize, s: usize, g: usize, learningRate: f64, decayFactor: f64, l2: f64, epsilon: f64): void {
  adagradOf<f32>(n, p, s, g, learningRate, decayFactor, l2, epsilon)
}
