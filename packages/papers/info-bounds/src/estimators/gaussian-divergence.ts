import { calling, dot, log, type Matrix, type MatrixLike, refuse } from '@opt/core'
import { largestEntry, readPoints } from '../transport/points.ts'

/**
 * Computes KL in nats of the normal distributions fitted to a and b by means and covariances (divided by the number of
 * rows). Sees no more than these moments, and bounds nothing.
 *
 * @param a n x d points.
 * @param b m x d points.
 * @throws TypeError or RangeError naming the argument that is wrong, such as rows that do not span the space.
 */
export function gaussianDivergence(a: MatrixLike, b: MatrixLike): number {
  return calling('gaussianDivergence', () => {
    const [x, y] = readPoints(a, b)
    const scale = largestEntry(x, y) || 1
    const [p, q] = [moments(x, scale), moments(y, scale)]
    const d = x.shape[1]
    const [Lp, Lq] = [cholesky(p.covariance, d, 'a'), cholesky(q.covariance, d, 'b')]
    let trace = 0
    for (let j = 0; j < d; j++) {
      const column = Float64Array.from({ length: d }, (_, i) => (i >= j ? Lp[i * d + j] : 0))
      const solved = forward(Lq, column)
      trace += dot(solved, solved)
    }
    const shift = forward(
      Lq,
      q.mean.map((m, j) => m - p.mean[j]),
    )
    let logs = 0
    for (let i = 0; i < d; i++) logs += log(Lq[i * d + i] / Lp[i * d + i])
    return Math.max(0, (trace + dot(shift, shift) - d) / 2 + logs)
  })
}

function moments({ data, shape }: Matrix, scale: number): { mean: Float64Array; covariance: Float64Array } {
  const [n, d] = shape as [number, number]
  const mean = new Float64Array(d)
  for (let at = 0; at < data.length; at++) mean[at % d] += data[at] / scale / n
  const covariance = new Float64Array(d * d)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++)
      for (let k = 0; k <= j; k++)
        covariance[j * d + k] += ((data[i * d + j] / scale - mean[j]) * (data[i * d + k] / scale - mean[k])) / n
  return { mean, covariance }
}

/** A pivot that loses more than this share of its variance to rounding is zero. */
const SINGULAR = 1e-13

function cholesky(A: Float64Array, d: number, label: string): Float64Array {
  const L = A.slice()
  for (let j = 0; j < d; j++)
    for (let i = j; i < d; i++) {
      let sum = L[i * d + j]
      for (let k = 0; k < j; k++) sum -= L[i * d + k] * L[j * d + k]
      if (i > j) L[i * d + j] = sum / L[j * d + j]
      else if (sum > SINGULAR * A[j * d + j]) L[j * d + j] = Math.sqrt(sum)
      else refuse(label, 'rows of a regular covariance matrix', `column ${j} fixed by those before it`)
    }
  return L
}

function forward(L: Float64Array, b: Float64Array): Float64Array {
  const d = b.length
  const x = b.slice()
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) x[i] -= L[i * d + k] * x[k]
    x[i] /= L[i * d + i]
  }
  return x
}
