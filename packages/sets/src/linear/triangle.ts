import { allocate, type MatrixView, matrixKernels, matrixView, solveScratch } from '@opt/core'

/**
 * A metric as a lower triangle L, row-major, with H = L'L. A product of gradients loses what is
 * small beside the largest of them (in floating point g g' + I is g g' from |g| = 1e8 on); its
 * triangle, built by rotations, holds every row to working precision.
 */
export type Triangle = MatrixView

/** sqrt(a^2 + b^2), even where the squares over- or underflow. */
export function hypot(a: number, b: number): number {
  const square = a * a + b * b
  if (square > 1e-280 && square < 1e280) return Math.sqrt(square)
  const top = Math.max(Math.abs(a), Math.abs(b))
  return top === 0 ? 0 : top * Math.sqrt((a / top) * (a / top) + (b / top) * (b / top))
}

/**
 * Writes the triangle of L'L + w w' into `into` (which may be L), by Givens rotations of the row w
 * with the rows of L; overwrites w. A right side is rotated too: `right` belongs to the rows of L,
 * `last` to w.
 *
 * @returns what `last` has become.
 */
export function addRow(L: Triangle, w: Float64Array, right: Float64Array, last: number, into: Triangle = L): number {
  const { data, stride } = L
  const out = into.data
  for (let k = w.length - 1; k >= 0; k--) {
    const b = w[k]
    const row = k * stride
    if (b === 0) {
      if (into !== L) for (let j = 0; j <= k; j++) out[row + j] = data[row + j]
      continue
    }
    const a = data[row + k]
    const length = hypot(a, b)
    const c = a / length
    const s = b / length
    out[row + k] = length
    for (let j = 0; j < k; j++) {
      const l = data[row + j]
      const v = w[j]
      out[row + j] = c * l + s * v
      w[j] = c * v - s * l
    }
    const mine = right[k]
    right[k] = c * mine + s * last
    last = c * last - s * mine
  }
  return last
}

/** Solves x = L^-T x in place. */
export function solveTransposed({ data, stride }: Triangle, x: Float64Array): void {
  for (let i = x.length - 1; i >= 0; i--) {
    const row = i * stride
    const v = x[i] / data[row + i]
    x[i] = v
    for (let j = 0; j < i; j++) x[j] -= data[row + j] * v
  }
}

/** Solves x = L^-1 x in place. */
export function solveTriangle({ data, stride }: Triangle, x: Float64Array): void {
  for (let i = 0; i < x.length; i++) {
    const row = i * stride
    let sum = x[i]
    for (let j = 0; j < i; j++) sum -= data[row + j] * x[j]
    x[i] = sum / data[row + i]
  }
}

/** Multiplies x = L x in place. */
export function multiplyTriangle({ data, stride }: Triangle, x: Float64Array): void {
  for (let i = x.length - 1; i >= 0; i--) {
    const row = i * stride
    let sum = 0
    for (let j = 0; j <= i; j++) sum += data[row + j] * x[j]
    x[i] = sum
  }
}

/**
 * Returns the L of a symmetric matrix H = L'L, read from its lower triangle; undefined when H is
 * not positive definite.
 */
export function triangleOf(H: Float64Array, n: number): Triangle | undefined {
  // With rows and columns in reverse, the usual factor M M' is this one.
  const { M, work, kernels } = allocate([matrixKernels], (views) => ({
    M: views.matrix(n, n),
    work: views.f64(solveScratch(n, n)),
  }))
  const { data, stride } = M
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) data[i * stride + j] = H[(n - 1 - j) * n + (n - 1 - i)]
  if (kernels.potrf(M, work) !== 0) return undefined
  const L = matrixView(new Float64Array(n * n), n, n)
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) L.data[i * n + j] = data[(n - 1 - j) * stride + (n - 1 - i)]
  return L
}
