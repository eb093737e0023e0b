import { averageAt, averageOne } from '../../../optimizers/assembly/average'

// One read and one write of every array. Coefficients are worked out in f64 and rounded to T once.

// @ts-ignore: decorator
@inline
function adahessianOf<T>(
  n: i32, p: usize, m: usize, v: usize, g: usize, d: usize,
  stepSize: f64, correction2: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64,
): void {
  const b1 = <T>beta1, c1 = <T>(1 - beta1), b2 = <T>beta2, c2 = <T>(1 - beta2)
  const rate = <T>stepSize, correct = <T>correction2, decay = <T>decayFactor, eps = <T>epsilon
  const vb1 = v128.splat<T>(b1), vc1 = v128.splat<T>(c1), vb2 = v128.splat<T>(b2), vc2 = v128.splat<T>(c2)
  const vrate = v128.splat<T>(rate), vcorrect = v128.splat<T>(correct), vdecay = v128.splat<T>(decay), veps = v128.splat<T>(eps)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  if (n >= lanes) do {
    const curvature = v128.load(d)
    const first = averageAt<T>(m, vb1, vc1, v128.load(g))
    const second = averageAt<T>(v, vb2, vc2, v128.mul<T>(curvature, curvature))
    const root = v128.add<T>(v128.sqrt<T>(v128.mul<T>(second, vcorrect)), veps)
    v128.store(p, v128.sub<T>(v128.mul<T>(vdecay, v128.load(p)), v128.div<T>(v128.mul<T>(vrate, first), root)))
    p += 16
    m += 16
    v += 16
    g += 16
    d += 16
    i += lanes
  } while (i + lanes <= n)
  for (; i < n; i++) {
    const curvature = load<T>(d)
    const first = averageOne<T>(m, b1, c1, load<T>(g))
    const second = averageOne<T>(v, b2, c2, curvature * curvature)
    store<T>(p, decay * load<T>(p) - (rate * first) / (sqrt<T>(second * correct) + eps))
    p += sizeof<T>()
    m += sizeof<T>()
    v += sizeof<T>()
    g += sizeof<T>()
    d += sizeof<T>()
  }
}

export function adahessian(
  n: i32, p: usize, m: usize, v: usize, g: usize, d: usize,
  stepSize: f64, correction2: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64,
): void {
  adahessianOf<f64>(n, p, m, v, g, d, stepSize, correction2, decayFactor, beta1, beta2, epsilon)
}
export function adahessian32(
  n: i32, p: usize, m: usize, v: usize, g: usize, d: usize,
  stepSize: f64, correction2: f64, decayFactor: f64, beta1: f64, beta2: f64, epsilon: f64,
): void {
  adahessianOf<f32>(n, p, m, v, g, d, stepSize, correction2, decayFactor, beta1, beta2, epsilon)
}
