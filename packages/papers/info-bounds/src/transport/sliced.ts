import { calling, type Matrix, type MatrixLike, matrix, nrm2, number, options, type Random, refuse } from '@opt/core'
import ndarray from 'ndarray'
import { generator } from '../shift/paths.ts'
import { largestEntry, onLine, readPoints } from './points.ts'

/** Options of {@link slicedWasserstein1}. */
export interface SlicedOptions {
  /** How many random directions, default 50; or the directions, one a row, of any length but zero. */
  directions?: number | MatrixLike | undefined
  /** Generator of random directions. Default random(0). */
  random?: Random | undefined
}

/**
 * Computes the mean and the largest W1 of projections on lines. Both are lower bounds of W1 and bound no loss from
 * above.
 *
 * @param a n x d points.
 * @param b m x d points.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function slicedWasserstein1(a: MatrixLike, b: MatrixLike, given?: SlicedOptions): { mean: number; max: number } {
  return calling('slicedWasserstein1', () => {
    const { directions = 50, random } = options(given, 'options', ['directions', 'random'])
    const [x, y] = readPoints(a, b)
    const width = x.shape[1]
    const lines =
      typeof directions === 'number'
        ? randomLines(directions, width, generator(random))
        : matrix(directions, 'directions', { columns: width })
    const scale = largestEntry(x, y) || 1
    const count = lines.shape[0]
    let [mean, max] = [0, 0]
    for (let k = 0; k < count; k++) {
      const line = lines.data.subarray(k * width, (k + 1) * width)
      const length = nrm2(line)
      if (!(length > 0 && length < Infinity))
        refuse(`directions[${k}]`, 'of a positive, finite length', `length ${length}`)
      const unit = line.map((v) => v / length)
      const distance = scale * onLine(projected(x, unit, scale), projected(y, unit, scale))
      mean += distance / count
      max = Math.max(max, distance)
    }
    return { mean, max }
  })
}

function randomLines(count: number, width: number, rng: Random): Matrix {
  number(count, 'directions', { integer: true, min: 1, max: 1e6 })
  return ndarray(
    Float64Array.from({ length: count * width }, () => rng.normal()),
    [count, width],
  )
}

function projected({ data, shape }: Matrix, direction: Float64Array, scale: number): Float64Array {
  const width = shape[1]
  return Float64Array.from({ length: shape[0] }, (_, i) => {
    let sum = 0
    for (let j = 0; j < width; j++) sum += (data[i * width + j] / scale) * direction[j]
    return sum
  })
}
