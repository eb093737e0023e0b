import { type Matrix, type MatrixLike, matrix } from '@opt/core'
import ndarray from 'ndarray'

/** Reads two samples of the same columns. */
export function readPoints(a: MatrixLike, b: MatrixLike): [a: Matrix, b: Matrix] {
  const first = matrix(a, 'a')
  return [first, matrix(b, 'b', { columns: first.shape[1] })]
}

/** The largest |entry| of both. */
export function largestEntry(a: Matrix, b: Matrix): number {
  let largest = 0
  for (const { data } of [a, b]) for (const entry of data) largest = Math.max(largest, Math.abs(entry))
  return largest
}

/** All Euclidean distances, n x m, of entries divided by `scale`, so that no square over- or underflows. */
export function distanceMatrix(a: Matrix, b: Matrix, scale: number): Matrix {
  const [n, width] = a.shape as [number, number]
  const m = b.shape[0]
  const unit = scale > 0 ? scale : 1
  const [x, y] = [a.data.map((v) => v / unit), b.data.map((v) => v / unit)]
  const out = new Float64Array(n * m)
  for (let i = 0, o = 0; i < n; i++)
    for (let j = 0; j < m; j++, o++) {
      let sum = 0
      for (let k = 0, p = i * width, q = j * width; k < width; k++, p++, q++) sum += (x[p] - y[q]) * (x[p] - y[q])
      out[o] = Math.sqrt(sum)
    }
  return ndarray(out, [n, m])
}

/** W1 of two samples on a line: the mean distance of quantiles. Sorts both. */
export function onLine(x: Float64Array, y: Float64Array): number {
  x.sort()
  y.sort()
  const [n, m] = [x.length, y.length]
  let sum = 0
  // In units of mass, each x has m of them and each y has n.
  for (let i = 0, j = 0, ofX = m, ofY = n; i < n; ) {
    const moved = Math.min(ofX, ofY)
    sum += Math.abs(x[i] - y[j]) * (moved / m / n)
    ofX -= moved
    ofY -= moved
    if (ofX === 0) [i, ofX] = [i + 1, m]
    if (ofY === 0) [j, ofY] = [j + 1, n]
  }
  return sum
}
