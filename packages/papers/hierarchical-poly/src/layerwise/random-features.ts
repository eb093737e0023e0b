import {
  allFinite,
  type Matrix,
  type MatrixLike,
  type MatrixView,
  matrix,
  options,
  type Random,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'

/** The first layer: relu(directions x + offsets) / sqrt(m). */
export interface RandomFeatures {
  /** m x d. */
  directions: Matrix
  /** m numbers. */
  offsets: Float64Array
}

/** Draws m directions uniformly from the unit sphere, and offsets from N(0, 1). */
export function drawFeatures(m: number, d: number, rng: Random): RandomFeatures {
  const directions = new Float64Array(m * d)
  for (let k = 0; k < m; k++) {
    let squares = 0
    for (let j = k * d; j < (k + 1) * d; j++) {
      directions[j] = rng.normal()
      squares += directions[j] * directions[j]
    }
    const length = Math.sqrt(squares)
    for (let j = k * d; j < (k + 1) * d; j++) directions[j] /= length
  }
  return { directions: ndarray(directions, [m, d]), offsets: Float64Array.from({ length: m }, () => rng.normal()) }
}

/** Checks features that a caller gives. */
export function checkFeatures(
  given: { directions: MatrixLike; offsets: VectorLike },
  d: number,
  label: string,
): RandomFeatures {
  if (typeof given !== 'object' || given === null) refuse(label, 'directions and offsets', show(given), 'type')
  const { directions: rows, offsets } = options(given, label)
  const directions = matrix(rows, `${label}.directions`, { columns: d })
  return { directions, offsets: vector(offsets, `${label}.offsets`, { length: directions.shape[0] }) }
}

/** Writes the features of the rows of X to the rows of `out`. */
export function writeFeatures({ directions, offsets }: RandomFeatures, X: Float64Array, out: MatrixView): void {
  const [m, d] = directions.shape
  const V = directions.data
  const root = Math.sqrt(m)
  for (let i = 0; i < out.rows; i++)
    for (let k = 0; k < m; k++) {
      let sum = offsets[k]
      for (let j = 0; j < d; j++) sum += V[k * d + j] * X[i * d + j]
      out.data[i * out.stride + k] = Math.max(0, sum) / root
    }
  if (!allFinite(out.data)) refuse('X', 'of features within the range of doubles', 'larger ones')
}
