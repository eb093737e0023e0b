import { calling, log, type Matrix, type MatrixLike, matrix, number, options, refuse } from '@opt/core'
import { distanceMatrix, largestEntry, readPoints } from '../transport/points.ts'

/**
 * Estimates KL(a || b) in nats from distances to the k-th neighbours (Wang, Kulkarni and Verdu 2009). Exploratory: biased
 * on small samples, where it may be negative, and it bounds nothing.
 *
 * @param a n x d points, n > k.
 * @param b m x d points, m >= k.
 * @param given k: default 3; dimension: that of the points' manifold, default d.
 * @throws TypeError or RangeError naming the argument that is wrong, and the points that coincide.
 */
export function knnDivergence(
  a: MatrixLike,
  b: MatrixLike,
  given?: { k?: number | undefined; dimension?: number | undefined },
): number {
  return calling('knnDivergence', () => {
    const [x, y] = readPoints(a, b)
    const { k = 3, dimension = x.shape[1] } = options(given, 'options', ['k', 'dimension'])
    const [n, m] = [x.shape[0], y.shape[0]]
    number(k, 'k', { integer: true, min: 1 })
    if (k >= n) refuse('k', `below the number of rows of a, ${n}`, `${k}`)
    if (k > m) refuse('k', `at most the number of rows of b, ${m}`, `${k}`)
    number(dimension, 'dimension', { positive: true })
    const scale = largestEntry(x, y)
    const own = nearest(distanceMatrix(x, x, scale), k, true)
    const others = nearest(distanceMatrix(x, y, scale), k, false)
    let sum = 0
    for (let i = 0; i < n; i++) {
      const last = i * k + k - 1
      const [rho, nu] = [own.distances[last], others.distances[last]]
      if (rho === 0) refuse('a', 'of distinct rows', `rows ${i} and ${own.places[last]} alike`)
      if (nu === 0) refuse('b', 'of rows that a does not have', `row ${others.places[last]} like row ${i} of a`)
      sum += log(nu / rho) / n
    }
    return dimension * sum + log(m / (n - 1))
  })
}

/**
 * Estimates the dimension of the manifold of the points from their nearest neighbours (Levina and Bickel 2004, with the
 * average of MacKay and Ghahramani): 1 / mean over i and j < k of ln(R_k / R_j).
 *
 * @param points n x d.
 * @param given k: default 5, at least 2 and below n.
 * @throws TypeError or RangeError naming the argument that is wrong, and the points that coincide.
 */
export function intrinsicDimension(points: MatrixLike, given?: { k?: number | undefined }): number {
  return calling('intrinsicDimension', () => {
    const { k = 5 } = options(given, 'options', ['k'])
    const x = matrix(points, 'points')
    const n = x.shape[0]
    number(k, 'k', { integer: true, min: 2 })
    if (k >= n) refuse('k', `below the number of rows of points, ${n}`, `${k}`)
    let sum = 0
    const { distances, places } = nearest(distanceMatrix(x, x, largestEntry(x, x)), k, true)
    for (let i = 0; i < n; i++) {
      const [first, last] = [i * k, i * k + k - 1]
      if (distances[first] === 0) refuse('points', 'distinct', `rows ${i} and ${places[first]} alike`)
      for (let j = first; j < last; j++) sum += log(distances[last] / distances[j]) / (k - 1) / n
    }
    if (sum === 0) refuse('points', 'of neighbours at different distances', 'all at one')
    return 1 / sum
  })
}

/** The k nearest points of each row, nearest first, n x k; without the row itself if asked. */
function nearest(
  { data, shape }: Matrix,
  k: number,
  withoutSelf: boolean,
): { distances: Float64Array; places: Int32Array } {
  const [n, m] = shape as [number, number]
  const distances = new Float64Array(n * k).fill(Infinity)
  const places = new Int32Array(n * k)
  for (let i = 0; i < n; i++) {
    const last = i * k + k - 1
    for (let j = 0; j < m; j++) {
      const distance = data[i * m + j]
      if (!(distance < distances[last]) || (withoutSelf && i === j)) continue
      let at = last
      for (; at > i * k && distances[at - 1] > distance; at--) {
        distances[at] = distances[at - 1]
        places[at] = places[at - 1]
      }
      distances[at] = distance
      places[at] = j
    }
  }
  return { distances, places }
}
