// src/linear/kernels.ts has the contract and the plain twins: the same operations in the same order give the same bits.
import { laneSum, mulAdd } from '../../core/assembly/simd'

export { dot } from '../../core/assembly/vectors'

// @ts-ignore: decorator
@inline
function addSquare(sum: v128, x: usize, y: usize): v128 {
  const difference = f64x2.sub(v128.load(x), v128.load(y))
  return mulAdd<f64>(difference, difference, sum)
}

export function squaredDistance(n: i32, x: usize, y: usize): f64 {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0
  let i = 0
  for (; i + 8 <= n; i += 8) {
    s0 = addSquare(s0, x, y)
    s1 = addSquare(s1, x + 16, y + 16)
    s2 = addSquare(s2, x + 32, y + 32)
    s3 = addSquare(s3, x + 48, y + 48)
    x += 64
    y += 64
  }
  let sum = laneSum<f64>(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)))
  for (; i < n; i++) {
    const difference = load<f64>(x) - load<f64>(y)
    sum += difference * difference
    x += 8
    y += 8
  }
  return sum
}

// @ts-ignore: decorator
@inline
function descendTwo(steps: v128, g: usize, x: usize, out: usize): void {
  v128.store(out, f64x2.sub(v128.load(x), f64x2.mul(steps, v128.load(g))))
}

export function descend(n: i32, step: f64, g: usize, x: usize, out: usize): void {
  const steps = f64x2.splat(step)
  let i = 0
  for (; i + 8 <= n; i += 8) {
    descendTwo(steps, g, x, out)
    descendTwo(steps, g + 16, x + 16, out + 16)
    descendTwo(steps, g + 32, x + 32, out + 32)
    descendTwo(steps, g + 48, x + 48, out + 48)
    g += 64
    x += 64
    out += 64
  }
  for (; i < n; i++) {
    store<f64>(out, load<f64>(x) - step * load<f64>(g))
    g += 8
    x += 8
    out += 8
  }
}
