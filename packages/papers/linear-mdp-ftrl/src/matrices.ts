import { refuse } from '@opt/core'

/**
 * Inverts a symmetric positive definite d x d matrix by its Cholesky factor; the answer is symmetric to the bit.
 *
 * @param matrix entries from `at` on, row-major; only its lower half is read. May be `out`.
 * @param factor d x d numbers of memory.
 * @returns whether it is positive definite in float64; if not, `out` is not written.
 */
export function invertSymmetric(
  d: number,
  matrix: Float64Array,
  out: Float64Array,
  at: number,
  factor: Float64Array,
): boolean {
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[at + i * d + j]
      for (let k = 0; k < j; k++) sum -= factor[i * d + k] * factor[j * d + k]
      if (i > j) factor[i * d + j] = sum / factor[j * d + j]
      else if (sum > 0 && sum < Infinity) factor[i * d + i] = Math.sqrt(sum)
      else return false
    }
  // The factor's inverse, in its place.
  for (let i = 0; i < d; i++) {
    const pivot = 1 / factor[i * d + i]
    for (let j = 0; j < i; j++) {
      let sum = 0
      for (let k = j; k < i; k++) sum -= factor[i * d + k] * factor[k * d + j]
      factor[i * d + j] = sum * pivot
    }
    factor[i * d + i] = pivot
  }
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = i; k < d; k++) sum += factor[k * d + i] * factor[k * d + j]
      out[at + i * d + j] = out[at + j * d + i] = sum
    }
  return true
}

/** Refuses a regularisation with which a covariance is not positive definite in float64. */
export function tooSmall(label: string): never {
  refuse(label, 'large enough that the covariance can be inverted', 'a smaller one')
}

/** Adds w x x' to a d x d matrix, x being the d numbers of `rows` from `row` on. */
export function addOuter(
  d: number,
  w: number,
  rows: Float64Array,
  row: number,
  matrix: Float64Array,
  at: number,
): void {
  for (let i = 0; i < d; i++) {
    const wi = w * rows[row + i]
    for (let j = 0; j < d; j++) matrix[at + i * d + j] += wi * rows[row + j]
  }
}

/** Returns x' G x. */
export function quadratic(d: number, matrix: Float64Array, at: number, rows: Float64Array, row: number): number {
  let total = 0
  let entry = at
  for (let i = 0; i < d; i++) {
    let sum = 0
    for (let j = row; j < row + d; j++) sum += matrix[entry++] * rows[j]
    total += rows[row + i] * sum
  }
  return total
}

/** Writes G x into `out`, from `to` on. */
export function product(
  d: number,
  matrix: Float64Array,
  at: number,
  rows: Float64Array,
  row: number,
  out: Float64Array,
  to: number,
): void {
  for (let i = 0; i < d; i++) {
    let sum = 0
    for (let j = 0; j < d; j++) sum += matrix[at + i * d + j] * rows[row + j]
    out[to + i] = sum
  }
}

/** Returns x'y, of the d numbers from each place on. */
export function inner(d: number, x: Float64Array, at: number, y: Float64Array, from: number): number {
  let sum = 0
  for (let i = 0; i < d; i++) sum += x[at + i] * y[from + i]
  return sum
}
