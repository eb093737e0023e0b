import { mulAdd } from '../../../core/assembly/simd'

export { descend, descend32 } from '../../../optimizers/assembly/descend'
export { sgd, sgd32 } from '../../../optimizers/assembly/sgd'
export { largestCosine, largestCosine32, projectRows, projectRows32 } from './projection'

// One read and one write of every array. Coefficients are worked out in f64 and rounded to T once.

// @ts-ignore: decorator
@inline
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
