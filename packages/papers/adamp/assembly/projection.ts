import { axpyOf, dotOf } from '../../../core/assembly/vectors'

// @ts-ignore: decorator
@inline
function largestCosineOf<T>(rows: i32, n: i32, x: usize, y: usize, floor: f64): f64 {
  const step = <usize>n * sizeof<T>()
  let largest: f64 = 0
  for (let i = 0; i < rows; i++) {
    const lengths = max(sqrt(<f64>dotOf<T>(n, x, x)), floor) * max(sqrt(<f64>dotOf<T>(n, y, y)), floor)
    largest = max(largest, abs(<f64>dotOf<T>(n, x, y)) / lengths)
    x += step
    y += step
  }
  return largest
}

// @ts-ignore: decorator
@inline
function projectRowsOf<T>(rows: i32, n: i32, x: usize, u: usize, epsilon: f64): void {
  const step = <usize>n * sizeof<T>()
  for (let i = 0; i < rows; i++) {
    const length = sqrt(<f64>dotOf<T>(n, x, x)) + epsilon
    axpyOf<T>(n, <T>(-<f64>dotOf<T>(n, x, u) / (length * length)), x, u)
    x += step
    u += step
  }
}

export function largestCosine(rows: i32, n: i32, x: usize, y: usize, floor: f64): f64 {
  return largestCosineOf<f64>(rows, n, x, y, floor)
}
export function largestCosine32(rows: i32, n: i32, x: usize, y: usize, floor: f64): f64 {
  return largestCosineOf<f32>(rows, n, x, y, floor)
}
export function projectRows(rows: i32, n: i32, x: usize, u: usize, epsilon: f64): void {
  projectRowsOf<f64>(rows, n, x, u, epsilon)
}
export function projectRows32(rows: i32, n: i32, x: usize, u: usize, epsilon: f64): void {
  projectRowsOf<f32>(rows, n, x, u, epsilon)
}
