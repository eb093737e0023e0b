import { averageAt, averageOne } from './average'
import { mulAdd } from '../../core/assembly/simd'

export { adamw, adamw32 } from './adamw'

// One read and one write of every array. Coefficients are worked out in f64 and rounded to T once.

// @ts-ignore: decorator
@inline
function adamOf<T>(
  n: i32, p: usize, m: usize, v: usize, w: usize, g: usize,
  stepSize: f64, correction2: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64, l2: f64, largest: bool,
): void {
  const b1 = <T>beta1, c1 = <T>(1 - beta1), b2 = <T>beta2, c2 = <T>(1 - beta2)
  const rate = <T>stepSize, correct = <T>correction2, decay = <T>decayFactor, eps = <T>epsilon, pull = <T>l2
  const vb1 = v128.splat<T>(b1), vc1 = v128.splat<T>(c1), vb2 = v128.splat<T>(b2), vc2 = v128.splat<T>(c2)
  const vrate = v128.splat<T>(rate), vcorrect = v128.splat<T>(correct), vdecay = v128.splat<T>(decay)
  const veps = v128.splat<T>(eps), vpull = v128.splat<T>(pull)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  if (n >= lanes) do {
    const x = v128.load(p)
    const gradient = mulAdd<T>(vpull, x, v128.load(g))
    const first = averageAt<T>(m, vb1, vc1, gradient)
    let second = averageAt<T>(v, vb2, vc2, v128.mul<T>(gradient, gradient))
    if (largest) {
      second = v128.pmax<T>(v128.load(w), second)
      v128.store(w, second)
      w += 16
    }
    const root = v128.add<T>(v128.sqrt<T>(v128.mul<T>(second, vcorrect)), veps)
    v128.store(p, v128.sub<T>(v128.mul<T>(vdecay, x), v128.div<T>(v128.mul<T>(vrate, first), root)))
    p += 16
    m += 16
    v += 16
    g += 16
    i += lanes
  } while (i + lanes <= n)
  for (; i < n; i++) {
    const x = load<T>(p)
    const gradient = pull * x + load<T>(g)
    const first = averageOne<T>(m, b1, c1, gradient)
    let second = averageOne<T>(v, b2, c2, gradient * gradient)
    if (largest) {
      const known = load<T>(w)
      second = known < second ? second : known
      store<T>(w, second)
      w += sizeof<T>()
    }
    store<T>(p, decay * x - (rate * first) / (sqrt<T>(second * correct) + eps))
    p += sizeof<T>()
    m += sizeof<T>()
    v += sizeof<T>()
    g += sizeof<T>()
  }
}

export function adam(
  n: i32, p: usize, m: usize, v: usize, g: usize,
  stepSize: f64, correction2: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64, l2: f64,
): void {
  adamOf<f64>(n, p, m, v, v, g, stepSize, correction2, decayFactor, beta1, beta2, epsilon, l2, false)
}
export function amsgrad(
  n: i32, p: usize, m: usize, v: usize, w: usize, g: usize,
  stepSize: f64, correction2: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64, l2: f64,
): void {
  adamOf<f64>(n, p, m, v, w, g, stepSize, correction2, decayFactor, beta1, beta2, epsilon, l2, true)
}
export function adam32(
  n: i32, p: usize, m: usize, v: usize, g: usize,
  stepSize: f64, correction2: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64, l2: f64,
): void {
  adamOf<f32>(n, p, m, v, v, g, stepSize, correction2, decayFactor, beta1, beta2, epsilon, l2, false)
}
export function amsgrad32(
  n: i32, p: usize, m: usize, v: usize, w: usize, g: usize,
  stepSize: f64, correction2: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64, l2: f64,
): void {
  adamOf<f32>(n, p, m, v, w, g, stepSize, correction2, decayFactor, beta1, beta2, epsilon, l2, true)
}
