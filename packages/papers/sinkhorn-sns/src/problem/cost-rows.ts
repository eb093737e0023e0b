import { callback, type MatrixLike, matrix, number, oneOf, options, vector } from '@opt/core'

/** A cost matrix that is computed row by row, so that it need not fit into memory. */
export interface CostRows {
  rows: number
  columns: number
  /** Writes row i, `columns` numbers; Infinity forbids a pair. */
  writeRow(i: number, out: Float64Array): void
  /** The points whose distances these are, if any: a device then computes costs where they are needed. */
  points?: CostPoints
}

/** Two point clouds, row-major, and the cost between their points. */
export interface CostPoints {
  x: Float64Array
  y: Float64Array
  dimension: number
  metric: 'sqeuclidean' | 'euclidean' | 'cityblock'
}

/** Names of ground costs, as in scipy's cdist. */
export const METRICS: readonly CostPoints['metric'][] = ['sqeuclidean', 'euclidean', 'cityblock']

/** A cost: a matrix, or its rows on demand. */
export type CostLike = MatrixLike | CostRows

/** A checked cost. */
export interface Cost {
  rows: number
  columns: number
  points?: CostPoints | undefined
  /** Row i, which is good until the next one is read. */
  row(i: number): Float64Array
}

/** Checks rows on demand; reads a matrix where it is. */
export function costOf(cost: CostLike): Cost {
  if (typeof cost === 'object' && cost !== null && 'writeRow' in cost) return checkRows(cost)
  const { data, shape } = matrix(cost, 'cost', { infinity: true })
  const [rows, columns] = shape as [number, number]
  return { rows, columns, row: (i) => data.subarray(i * columns, (i + 1) * columns) }
}

function checkRows(cost: CostRows): Cost {
  const { rows, columns, writeRow, points } = cost
  number(rows, 'cost.rows', { integer: true, min: 1 })
  number(columns, 'cost.columns', { integer: true, min: 1 })
  callback(writeRow, 'cost.writeRow')
  if (points !== undefined) {
    const { x, y, dimension, metric } = options(points, 'cost.points')
    number(dimension, 'cost.points.dimension', { integer: true, min: 1 })
    vector(x, 'cost.points.x', { length: rows * dimension })
    vector(y, 'cost.points.y', { length: columns * dimension })
    oneOf(metric, 'cost.points.metric', METRICS)
  }
  const out = new Float64Array(columns)
  const row = (i: number) => {
    cost.writeRow(i, out)
    return out
  }
  return { rows, columns, points, row }
}

/** Bounds the costs between points by that across the box around them, without a look at every pair. */
export function acrossTheBox({ x, y, dimension, metric }: CostPoints): number {
  let sum = 0
  for (let k = 0; k < dimension; k++) {
    let [low, high] = [Infinity, -Infinity]
    for (const points of [x, y])
      for (let i = k; i < points.length; i += dimension) {
        if (points[i] < low) low = points[i]
        if (points[i] > high) high = points[i]
      }
    sum += metric === 'cityblock' ? high - low : (high - low) * (high - low)
  }
  return metric === 'euclidean' ? Math.sqrt(sum) : sum
}
