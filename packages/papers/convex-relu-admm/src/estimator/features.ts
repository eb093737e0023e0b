import type { Matrix } from '@opt/core'
import ndarray from 'ndarray'

/** Returns mean and standard deviation of every column; the deviation of a constant one is 1. */
export function moments(x: Matrix): { shift: Float64Array; scale: Float64Array } {
  const [n, d] = x.shape as [number, number]
  const shift = new Float64Array(d)
  const scale = new Float64Array(d)
  for (let k = 0; k < n * d; k++) shift[k % d] += x.data[k] / n
  for (let k = 0; k < n * d; k++) scale[k % d] += ((x.data[k] - shift[k % d]) * (x.data[k] - shift[k % d])) / n
  return { shift, scale: scale.map((v, j) => (v > 1e-24 * shift[j] * shift[j] ? Math.sqrt(v) : 1)) }
}

/** Returns (x - shift) / scale, with a column of ones for the bias. */
export function prepareFeatures(x: Matrix, shift: Float64Array, scale: Float64Array, intercept: boolean): Matrix {
  const [n, d] = x.shape as [number, number]
  const width = intercept ? d + 1 : d
  const out = new Float64Array(n * width).fill(1)
  for (let k = 0; k < n; k++) for (let j = 0; j < d; j++) out[k * width + j] = (x.data[k * d + j] - shift[j]) / scale[j]
  return ndarray(out, [n, width])
}
