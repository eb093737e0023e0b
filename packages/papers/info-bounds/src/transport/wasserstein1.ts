import { assignment, calling, type Matrix, type MatrixLike, number, oneOf, options, refuse } from '@opt/core'
import { sinkhornNewton, transportBounds } from '@opt/sinkhorn-sns'
import { distanceMatrix, largestEntry, onLine, readPoints } from './points.ts'

/** Options of {@link wasserstein1}. */
export interface Wasserstein1Options {
  /**
   * 'exact' by an optimal assignment, for equal sizes, or sorted on a line; 'bracket' by entropic transport and its
   * certificates; 'auto', the default: exact on a line and up to 1000 points of equal size, else a bracket.
   */
  method?: 'auto' | 'exact' | 'bracket' | undefined
  /** Regularisation of a bracket, relative to the mean distance: smaller is tighter and slower. Default 0.01. */
  epsilon?: number | undefined
}

/** Answer of {@link wasserstein1}. */
export interface Wasserstein1 {
  /** lower <= W1 <= upper; equal, up to rounding, where the distance is exact. */
  lower: number
  upper: number
  exact: boolean
}

/** Points of a sample up to which 'auto' is exact. */
const MOST = 1000

/**
 * Computes the Wasserstein distance W1, with the Euclidean metric, of two samples with equal masses, or a certified
 * bracket of it.
 *
 * @param a n x d points.
 * @param b m x d points.
 * @throws TypeError or RangeError naming the argument that is wrong, and for 'exact' with unequal sizes in more than one dimension.
 */
export function wasserstein1(a: MatrixLike, b: MatrixLike, given?: Wasserstein1Options): Wasserstein1 {
  return calling('wasserstein1', () => {
    const { method = 'auto', epsilon = 0.01 } = options(given, 'options', ['method', 'epsilon'])
    const [x, y] = readPoints(a, b)
    oneOf(method, 'method', ['auto', 'exact', 'bracket'])
    number(epsilon, 'epsilon', { min: 1e-4, max: 1 })
    return distanceBetween(x, y, method, epsilon)
  })
}

type Method = 'auto' | 'exact' | 'bracket'

/** The same, on checked arguments. */
export function distanceBetween(a: Matrix, b: Matrix, method: Method, epsilon: number): Wasserstein1 {
  const [n, m] = [a.shape[0], b.shape[0]]
  const scale = largestEntry(a, b) || 1
  if (a.shape[1] === 1 && method !== 'bracket') {
    const [x, y] = [a, b].map(({ data }) => data.map((v) => v / scale))
    return exactly(scale * onLine(x, y))
  }
  if (method === 'exact' && n !== m) refuse('b', `of ${n} rows like a, for 'exact'`, `${m} rows`)
  return transported(distanceMatrix(a, b, scale), method, epsilon, scale)
}

/** The least mean cost of transport between equal masses, times `scale`. */
export function transported(cost: Matrix, method: Method, epsilon: number, scale: number): Wasserstein1 {
  const [n, m] = cost.shape as [number, number]
  if (n === m && (method === 'exact' || (method === 'auto' && n <= MOST)))
    return exactly(scale * (assignment(cost, { history: false }).cost / n))
  let mean = 0
  for (const c of cost.data) mean += c / cost.data.length
  if (mean === 0) return exactly(0)
  const [a, b] = [n, m].map((count) => new Float64Array(count).fill(1 / count))
  const regularisation = epsilon * mean
  const { f, g, plan } = sinkhornNewton(cost, a, b, { epsilon: regularisation, tolerance: 1e-6 })
  const { lower, upper } = transportBounds(cost, a, b, { f, g, plan: plan(), epsilon: regularisation })
  return { lower: scale * Math.max(0, lower), upper: scale * upper, exact: false }
}

const exactly = (value: number): Wasserstein1 => ({ lower: value, upper: value, exact: true })
