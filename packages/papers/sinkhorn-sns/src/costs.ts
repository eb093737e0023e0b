import { type Matrix, type MatrixLike, matrix, number, oneOf } from '@opt/core'
import ndarray from 'ndarray'
import type { CostPoints, CostRows } from './problem.ts'

/** Ground costs, named as in scipy's cdist. */
export type Metric = CostPoints['metric']

const METRICS: readonly Metric[] = ['sqeuclidean', 'euclidean', 'cityblock']

/**
 * The cost between two point clouds, row by row on demand: for problems whose n x m matrix does not fit into memory.
 *
 * @param x n points of d coordinates.
 * @param y m points of d coordinates.
 */
export function costRows(x: MatrixLike, y: MatrixLike, metric: Metric = 'sqeuclidean'): CostRows {
  const X = matrix(x, 'costRows: x')
  const [n, d] = X.shape as [number, number]
  const Y = matrix(y, 'costRows: y', { columns: d })
  const m = Y.shape[0]
  oneOf(metric, 'costRows: metric', METRICS)
  const manhattan = metric === 'cityblock'
  return {
    rows: n,
    columns: m,
    points: { x: X.data, y: Y.data, dimension: d, metric },
    writeRow(i, out) {
      for (let j = 0; j < m; j++) {
        let sum = 0
        for (let k = 0; k < d; k++) {
          const t = X.data[i * d + k] - Y.data[j * d + k]
          sum += manhattan ? Math.abs(t) : t * t
        }
        out[j] = metric === 'euclidean' ? Math.sqrt(sum) : sum
      }
    },
  }
}

/** The whole cost matrix between two point clouds, n x m. */
export function pairwiseCost(x: MatrixLike, y: MatrixLike, metric: Metric = 'sqeuclidean'): Matrix {
  const { rows, columns, writeRow } = costRows(x, y, metric)
  const data = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) writeRow(i, data.subarray(i * columns, (i + 1) * columns))
  return ndarray(data, [rows, columns])
}

/** Squared Euclidean distances, n x m. */
export const squaredEuclidean = (x: MatrixLike, y: MatrixLike): Matrix => pairwiseCost(x, y, 'sqeuclidean')

/** Euclidean distances, n x m. */
export const euclidean = (x: MatrixLike, y: MatrixLike): Matrix => pairwiseCost(x, y, 'euclidean')

/** Sums of absolute differences, n x m. */
export const manhattan = (x: MatrixLike, y: MatrixLike): Matrix => pairwiseCost(x, y, 'cityblock')

/** The points of a height x width grid on [0, 1]^2, row by row: pixel (i, j) at (i / (height - 1), j / (width - 1)). */
export function gridPoints(height: number, width: number): Matrix {
  number(height, 'gridPoints: height', { integer: true, min: 1 })
  number(width, 'gridPoints: width', { integer: true, min: 1 })
  const data = new Float64Array(2 * height * width)
  for (let p = 0; p < height * width; p++) {
    data[2 * p] = height > 1 ? Math.floor(p / width) / (height - 1) : 0
    data[2 * p + 1] = width > 1 ? (p % width) / (width - 1) : 0
  }
  return ndarray(data, [height * width, 2])
}

/** The cost between the pixels of a height x width image, divided by its largest entry (so that 1 / epsilon is the paper's eta). */
export function gridCost(height: number, width: number, metric: Metric = 'sqeuclidean'): Matrix {
  const points = gridPoints(height, width)
  return scaled(pairwiseCost(points, points, metric))
}

/** A cost divided by its largest entry; the same when that is 0. */
export function scaled(cost: Matrix): Matrix {
  const high = cost.data.reduce((h, c) => Math.max(h, c), 0)
  return high > 0
    ? ndarray(
        cost.data.map((c) => c / high),
        cost.shape.slice(),
      )
    : cost
}
