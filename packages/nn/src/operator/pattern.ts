import type { Real } from '../real.ts'

/**
 * The places of a matrix that are not zero: row by row their number, and then they themselves. Rows are the examples of
 * a chunk, or the columns of its matrix.
 */
export interface Pattern {
  readonly places: Int32Array
  readonly values: Real
}

export function countNonzeros(x: ArrayLike<number>): number {
  let count = 0
  for (let i = 0; i < x.length; i++) if (x[i] !== 0) count++
  return count
}

/** Number (i, j) of an m x p matrix is x[from + i row + j column]. */
export interface Shape {
  readonly m: number
  readonly p: number
  readonly from: number
  readonly row: number
  readonly column: number
}

/** Returns a function that writes the pattern of a matrix in x to two arrays, behind those that it wrote before. */
export function patternWriter(x: ArrayLike<number>, places: Int32Array, values: Real): (shape: Shape) => Pattern {
  let at = 0
  let value = 0
  return ({ m, p, from, row, column }) => {
    const [firstPlace, firstValue] = [at, value]
    for (let i = 0; i < m; i++) {
      const head = at++
      for (let j = 0, k = from + i * row; j < p; j++, k += column) {
        if (x[k] === 0) continue
        places[at++] = j
        values[value++] = x[k]
      }
      places[head] = at - head - 1
    }
    return { places: places.subarray(firstPlace, at), values: values.subarray(firstValue, value) }
  }
}

/** Writes the places of the active units of m rows of p units, those of slope 1. Returns what it took of the array. */
export function writeActive(m: number, p: number, slope: Real, places: Int32Array): Int32Array {
  let at = 0
  for (let i = 0, k = 0; i < m; i++) {
    const head = at++
    for (let j = 0; j < p; j++, k++) if (slope[k] !== 0) places[at++] = j
    places[head] = at - head - 1
  }
  return places.subarray(0, at)
}
