import { averageAt, averageOne } from '../../../optimizers/assembly/average'
import { mulAdd } from '../../../core/assembly/simd'
import { projectedDescentOf } from './projection'

export { adamw, adamw32 } from '../../../optimizers/assembly/adamw'
export { descend, descend32 } from '../../../optimizers/assembly/descend'
export { cosinesBelow, cosinesBelow32 } from './projection'

// One read and one write of every array. Coefficients are worked out in f64 and rounded to T once.

function adamDirectionOf<T>(
  n: i32, m: usize, v: usize, g: usize, correction2: f64, beta1: f64, beta2: f64, epsilon: f64, nesterov: i32,
): void {
  const b1 = <T>beta1, c1 = <T>(1 - beta1), b2 = <T>beta2, c2 = <T>(1 - beta2)
  const correct = <T>correction2, eps = <T>epsilon
  const vb1 = v128.splat<T>(b1), vc1 = v128.splat<T>(c1), vb2 = v128.splat<T>(b2), vc2 = v128.splat<T>(c2)
  const vcorrect = v128.splat<T>(correct), veps = v128.splat<T>(eps)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    const gradient = v128.load(g)
    const fresh = v128.mul<T>(vc1, gradient)
    const first = mulAdd<T>(vb1, v128.load(m), fresh)
    const second = averageAt<T>(v, vb2, vc2, v128.mul<T>(gradient, gradient))
    v128.store(m, first)
    const ahead = nesterov ? mulAdd<T>(vb1, first, fresh) : first
    v128.store(g, v128.div<T>(ahead, v128.add<T>(v128.sqrt<T>(v128.mul<T>(second, vcorrect)), veps)))
    m += 16
    v += 16
    g += 16
  }
  for (; i < n; i++) {
    const gradient = load<T>(g)
    const fresh = c1 * gradient
    const first = b1 * load<T>(m) + fresh
    const second = averageOne<T>(v, b2, c2, gradient * gradient)
    store<T>(m, first)
    const ahead: T = nesterov ? b1 * first + fresh : first
    store<T>(g, ahead / (sqrt<T>(second * correct) + eps))
    m += sizeof<T>()
    v += sizeof<T>()
    g += sizeof<T>()
  }
}

export function adamDirection(
  n: i32, m: usize, v: usize, g: usize, correction2: f64, beta1: f64, beta2: f64, epsilon: f64, nesterov: i32,
): void {
  adamDirectionOf<f64>(n, m, v, g, correction2, beta1, beta2, epsilon, nesterov)
}
export function adamDirection32(
  n: i32, m: usize, v: usize, g: usize, correction2: f64, beta1: f64, beta2: f64, epsilon: f64, nesterov: i32,
): void {
  adamDirectionOf<f32>(n, m, v, g, correction2, beta1, beta2, epsilon, nesterov)
}

/** Direction, projection and descent row by row, while a row is in the cache: one read and one write of every array. */
// @ts-ignore: decorator
@inline
function adamRowsOf<T>(
  rows: i32, n: i32, x: usize, m: usize, v: usize, g: usize,
  correction2: f64, beta1: f64, beta2: f64, epsilon: f64, nesterov: i32, stepSize: f64, decayFactor: f64,
): void {
  const row = <usize>n * sizeof<T>()
  for (let i = 0; i < rows; i++) {
    adamDirectionOf<T>(n, m, v, g, correction2, beta1, beta2, epsilon, nesterov)
    projectedDescentOf<T>(n, x, g, epsilon, stepSize, decayFactor)
    x += row
    m += row
    v += row
    g += row
  }
}

export function adamRows(
  rows: i32, n: i32, x: usize, m: usize, v: usize, g: usize,
  correction2: f64, beta1: f64, beta2: f64, epsilon: f64, nesterov: i32, stepSize: f64, decayFactor: f64,
): void {
  adamRowsOf<f64>(rows, n, x, m, v, g, correction2, beta1, beta2, epsilon, nesterov, stepSize, decayFactor)
}
export function adamRows32(
  rows: i32, n: i32, x: usize, m: usize, v: usize, g: usize,
  correction2: f64, beta1: f64, beta2: f64, epsilon: f64, nesterov: i32, stepSize: f64, decayFactor: f64,
): void {
  adamRowsOf<f32>(rows, n, x, m, v, g, correction2, beta1, beta2, epsilon, nesterov, stepSize, decayFactor)
}
