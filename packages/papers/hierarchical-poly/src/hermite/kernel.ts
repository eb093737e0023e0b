import { allFinite, calling, type Matrix, type MatrixLike, matrix, number, refuse } from '@opt/core'
import ndarray from 'ndarray'

/**
 * Returns the sum over some degrees k of K_k(x, y) = phi_k(x)'phi_k(y), from s = x'y, m = |x|^2 + |y|^2 and d:
 * (j + 1) K_{j+1} = (2 (j - 1) + d - m) K_{j-1} - (j - 3 + d) K_{j-3} + s (K_j + K_{j-2}).
 */
function kernelSum(s: number, m: number, d: number, wanted: Uint8Array): number {
  let [third, second, first, now] = [0, 0, 0, 1]
  let sum = wanted[0] ? 1 : 0
  for (let j = 0; j + 1 < wanted.length; j++) {
    const next = ((2 * (j - 1) + d - m) * first - (j - 3 + d) * third + s * (now + second)) / (j + 1)
    third = second
    second = first
    first = now
    now = next
    if (wanted[j + 1]) sum += now
  }
  return sum
}

/** Returns the flags of {@link kernelSum}. */
export function flags(degrees: readonly number[]): Uint8Array {
  const wanted = new Uint8Array(Math.max(...degrees) + 1)
  for (const degree of degrees) wanted[degree] = 1
  return wanted
}

function squaredNorms(X: Float64Array, n: number, d: number): Float64Array {
  const out = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) out[i] += X[i * d + j] * X[i * d + j]
  return out
}

/** Writes the sums of Hermite kernels of all rows of X and Y to n rows of `out`, which are `stride` apart. */
export function fillKernel(
  X: Float64Array,
  Y: Float64Array,
  d: number,
  wanted: Uint8Array,
  out: Float64Array,
  stride: number,
): void {
  const [n, m] = [X.length / d, Y.length / d]
  const [xx, yy] = [squaredNorms(X, n, d), squaredNorms(Y, m, d)]
  for (let i = 0; i < n; i++)
    for (let k = 0; k < m; k++) {
      let s = 0
      for (let j = 0; j < d; j++) s += X[i * d + j] * Y[k * d + j]
      out[i * stride + k] = kernelSum(s, xx[i] + yy[k], d, wanted)
    }
}

/**
 * Computes the Hermite kernel K_k(x, y) = phi_k(x)'phi_k(y), the inner product of all features of degree k, from inner
 * products and norms alone, in O(n m (d + k)). K_0 = 1, K_1 = x'y, K_2 = ((x'y)^2 - |x|^2 - |y|^2 + d) / 2.
 *
 * @param X n x d; not changed.
 * @param Y m x d; not changed.
 * @param degree k, from 0 to 100.
 * @returns n x m.
 * @throws TypeError or RangeError when the matrices do not match, are not finite, or an entry overflows.
 */
export function hermiteKernel(X: MatrixLike, Y: MatrixLike, degree: number): Matrix {
  return calling('hermiteKernel', () => {
    const left = matrix(X, 'X')
    const [n, d] = left.shape
    const right = matrix(Y, 'Y', { columns: d })
    number(degree, 'degree', { integer: true, min: 0, max: 100 })
    const m = right.shape[0]
    const out = new Float64Array(n * m)
    fillKernel(left.data, right.data, d, flags([degree]), out, m)
    if (!allFinite(out)) refuse('X', 'of kernels within the range of doubles', 'larger ones')
    return ndarray(out, [n, m])
  })
}
