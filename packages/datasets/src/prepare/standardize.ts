import { type Matrix, type MatrixLike, matrixCopy, options, refuse, show, vector } from '@opt/core'

/** The mean and the scale of each column. */
export interface Scaling {
  mean: Float64Array
  /** Standard deviation (divisor n); 1 where it is 0 up to rounding. */
  scale: Float64Array
}

/**
 * Centres each column at 0 and scales it to deviation 1.
 *
 * @param features [rows, columns]; not changed.
 * @param scaling the scaling of other data (the training rows). Default: that of the features themselves.
 * @throws TypeError or RangeError when features or scaling are malformed or do not match.
 */
export function standardize(features: MatrixLike, scaling?: Scaling): Scaling & { features: Matrix } {
  const out = matrixCopy(features, 'standardize: features')
  const [rows, columns] = out.shape as [number, number]
  const { data } = out
  const given = scaling === undefined ? undefined : options(scaling, 'standardize: scaling')
  const { mean, scale } = given
    ? {
        mean: vector(given.mean, 'standardize: mean', { length: columns }),
        scale: vector(given.scale, 'standardize: scale', { length: columns, sign: 'positive' }),
      }
    : columnScaling(data, rows, columns)
  for (let i = 0, k = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, k++) {
      data[k] = (data[k]! - mean[j]!) / scale[j]!
      if (!Number.isFinite(data[k]))
        refuse(`standardize: scale[${j}]`, 'one that float64 can hold the features in', show(scale[j]))
    }
  return { features: out, mean, scale }
}

function columnScaling(data: Float64Array, rows: number, columns: number): Scaling {
  const mean = new Float64Array(columns)
  const scale = new Float64Array(columns)
  for (let j = 0; j < columns; j++) {
    let sum = 0
    let constant = true
    for (let k = j; k < data.length; k += columns) {
      sum += data[k]!
      constant &&= data[k] === data[j]
    }
    mean[j] = constant ? data[j]! : sum / rows
    const spread = constant ? 0 : deviation(data, j, columns, mean[j]!, rows)
    // Deviations within the rounding error of the mean are noise (scikit-learn's rule).
    scale[j] = spread > Number.EPSILON * rows * Math.abs(mean[j]!) ? spread : 1
    if (!Number.isFinite(mean[j]! / scale[j]!))
      refuse(`standardize: features, column ${j}`, 'of numbers whose sum float64 can hold', 'larger ones')
  }
  return { mean, scale }
}

/** Returns the root mean square of a column about its mean, without overflow or underflow of the squares. */
function deviation(data: Float64Array, from: number, step: number, mean: number, rows: number): number {
  let largest = 0
  for (let k = from; k < data.length; k += step) largest = Math.max(largest, Math.abs(data[k]! - mean))
  let sum = 0
  for (let k = from; k < data.length; k += step) {
    const part = (data[k]! - mean) / largest
    sum += part * part
  }
  return largest * Math.sqrt(sum / rows)
}
