import { mulAdd } from '../../../core/assembly/simd'
import { projectedDescentOf } from './projection'

export { descend, descend32 } from '../../../optimizers/assembly/descend'
export { sgd, sgd32 } from '../../../optimizers/assembly/sgd'
export { cosinesBelow, cosinesBelow32 } from './projection'

// One read and one write of every array. Coefficients are worked out in f64 and rounded to T once.

function momentumDirectionOf<T>(n: i32, b: usize, g: usize, momentum: f64, gain: f64, nesterov: i32): void {
  const mu = <T>momentum, share = <T>gain
  const vmu = v128.splat<T>(mu), vshare = v128.splat<T>(share)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    const gradient = v128.load(g)
    const velocity = mulAdd<T>(vmu, v128.load(b), v128.mul<T>(vshare, gradient))
    v128.store(b, velocity)
    v128.store(g, nesterov ? mulAdd<T>(vmu, velocity, gradient) : velocity)
    b += 16
    g += 16
  }
  for (; i < n; i++) {
    const gradient = load<T>(g)
    const velocity = mu * load<T>(b) + share * gradient
    store<T>(b, velocity)
    store<T>(g, nesterov ? mu * velocity + gradient : velocity)
    b += sizeof<T>()
    g += sizeof<T>()
  }
}

export function momentumDirection(n: i32, b: usize, g: usize, momentum: f64, gain: f64, nesterov: i32): void {
  momentumDirectionOf<f64>(n, b, g, momentum, gain, nesterov)
}
export function momentumDirection32(n: i32, b: usize, g: usize, momentum: f64, gain: f64, nesterov: i32): void {
  momentumDirectionOf<f32>(n, b, g, momentum, gain, nesterov)
}

/** Direction, projection and descent row by row, while a row is in the cache: one read and one write of every array. */
// @ts-ignore: decorator
@inline
function momentumRowsOf<T>(
  rows: i32, n: i32, x: usize, b: usize, g: usize,
  momentum: f64, gain: f64, nesterov: i32, epsilon: f64, learningRate: f64, decayFactor: f64,
): void {
  const row = <usize>n * sizeof<T>()
  for (let i = 0; i < rows; i++) {
    momentumDirectionOf<T>(n, b, g, momentum, gain, nesterov)
    projectedDescentOf<T>(n, x, g, epsilon, learningRate, decayFactor)
    x += row
    b += row
    g += row
  }
}

export function momentumRows(
  rows: i32, n: i32, x: usize, b: usize, g: usize,
  momentum: f64, gain: f64, nesterov: i32, epsilon: f64, learningRate: f64, decayFactor: f64,
): void {
  momentumRowsOf<f64>(rows, n, x, b, g, momentum, gain, nesterov, epsilon, learningRate, decayFactor)
}
export function momentumRows32(
  rows: i32, n: i32, x: usize, b: usize, g: usize,
  momentum: f64, gain: f64, nesterov: i32, epsilon: f64, learningRate: f64, decayFactor: f64,
): void {
  momentumRowsOf<f32>(rows, n, x, b, g, momentum, gain, nesterov, epsilon, learningRate, decayFactor)
}
