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
export function tooSmall(label: string, regularization: number): never {
  refuse(label, 'large enough that the covariance can be inverted', String(regularization))
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

/** Writes x' G x for n rows x that lie one after the other; four at a time, as they share the entries of G. */
export function quadratics(
  n: number,
  d: number,
  matrix: Float64Array,
  at: number,
  rows: Float64Array,
  row: number,
  out: Float64Array,
  to: number,
): void {
  let k = 0
  for (; k + 4 <= n; k += 4) {
    const r0 = row + k * d
    const r1 = r0 + d
    const r2 = r1 + d
    const r3 = r2 + d
    let t0 = 0
    let t1 = 0
    let t2 = 0
    let t3 = 0
    let entry = at
    for (let i = 0; i < d; i++) {
      let s0 = 0
      let s1 = 0
      let s2 = 0
      let s3 = 0
      for (let j = 0; j < d; j++) {
        const g = matrix[entry++]
        s0 += g * rows[r0 + j]
        s1 += g * rows[r1 + j]
        s2 += g * rows[r2 + j]
        s3 += g * rows[r3 + j]
      }
      t0 += rows[r0 + i] * s0
      t1 += rows[r1 + i] * s1
      t2 += rows[r2 + i] * s2
      t3 += rows[r3 + i] * s3
    }
    out[to + k] = t0
    out[to + k + 1] = t1
    out[to + k + 2] = t2
    out[to + k + 3] = t3
  }
  for (; k < n; k++) out[to + k] = quadratic(d, matrix, at, rows, row + k * d)
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

/** Writes x'y for n rows x that lie one after the other; four at a time, as they share the entries of y. */
export function inners(
  n: number,
  d: number,
  rows: Float64Array,
  row: number,
  y: Float64Array,
  from: number,
  out: Float64Array,
  to: number,
): void {
  let k = 0
  for (; k + 4 <= n; k += 4) {
    const r0 = row + k * d
    const r1 = r0 + d
    const r2 = r1 + d
    const r3 = r2 + d
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    for (let i = 0; i < d; i++) {
      const v = y[from + i]
      s0 += rows[r0 + i] * v
      s1 += rows[r1 + i] * v
      s2 += rows[r2 + i] * v
      s3 += rows[r3 + i] * v
    }
    out[to + k] = s0
    out[to + k + 1] = s1
    out[to + k + 2] = s2
    out[to + k + 3] = s3
  }
  for (; k < n; k++) out[to + k] = inner(d, rows, row + k * d, y, from)
}
