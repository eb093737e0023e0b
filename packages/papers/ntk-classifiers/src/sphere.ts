import { calling, type Matrix, type MatrixLike, matrix, oneOf, options as optionsOf, refuse } from '@opt/core'
import ndarray from 'ndarray'

/** Options of {@link toSphere}. */
export interface SphereOptions {
  /**
   * 'min-max' (default) maps each column to [0, 1] first, so that x.x' >= 0 as the limits need; 'none' only scales
   * rows to length 1.
   */
  shift?: 'min-max' | 'none' | undefined
  /** The rows whose smallest and largest values count: those of training. Default X itself. */
  reference?: MatrixLike | undefined
}

/**
 * Puts rows on the unit sphere. With 'min-max' values beyond those of the reference become 0 or 1, and a column that
 * is constant in the reference becomes 0.
 *
 * @param X n x p.
 * @returns a new n x p matrix of unit rows.
 * @throws TypeError or RangeError when X or the reference is no matrix, or a row has no direction: it then is 0, or
 *   has the smallest value in each column.
 */
export function toSphere(X: MatrixLike, given?: SphereOptions): Matrix {
  return calling('toSphere', () => {
    const { shift = 'min-max', reference } = optionsOf(given, 'options', ['shift', 'reference'])
    oneOf(shift, 'shift', ['min-max', 'none'])
    const rows = matrix(X, 'X')
    const [n, p] = rows.shape as [number, number]
    const data = rows.data.slice()
    const base = reference === undefined ? rows : matrix(reference, 'reference', { columns: p })
    if (shift === 'min-max') for (let j = 0; j < p; j++) unitInterval(base, data, j, p)
    for (let i = 0; i < n; i++)
      if (!normalize(data, i * p, p))
        refuse(`X[${i}]`, 'a row with a direction', shift === 'none' ? 'zeros' : 'the smallest value in each column')
    return ndarray(data, [n, p])
  })
}

function unitInterval(base: Matrix, data: Float64Array, j: number, p: number): void {
  let [low, high] = [Infinity, -Infinity]
  for (let at = j; at < base.data.length; at += p) {
    low = Math.min(low, base.data[at])
    high = Math.max(high, base.data[at])
  }
  // Halves: the range of numbers holds the difference.
  const range = high / 2 - low / 2
  for (let at = j; at < data.length; at += p)
    data[at] = range > 0 ? Math.min(1, Math.max(0, (data[at] / 2 - low / 2) / range)) : 0
}

/** Scales p numbers to length 1; false if they all are 0. */
function normalize(data: Float64Array, from: number, p: number): boolean {
  let most = 0
  for (let j = 0; j < p; j++) most = Math.max(most, Math.abs(data[from + j]))
  if (most === 0) return false
  let square = 0
  for (let j = 0; j < p; j++) square += (data[from + j] /= most) * data[from + j]
  const length = Math.sqrt(square)
  for (let j = 0; j < p; j++) data[from + j] /= length
  return true
}

/**
 * Checks unit rows and returns a copy scaled to length 1 to the last bit that rounding allows.
 *
 * @throws RangeError for a row whose length is not 1 to 1e-8.
 */
export function unitRows(X: MatrixLike, label: string, columns?: number): Matrix {
  const rows = matrix(X, label, columns === undefined ? {} : { columns })
  const [n, p] = rows.shape as [number, number]
  const data = rows.data.slice()
  for (let i = 0; i < n; i++) {
    let square = 0
    for (let j = 0; j < p; j++) square += data[i * p + j] * data[i * p + j]
    if (!(Math.abs(Math.sqrt(square) - 1) <= 1e-8))
      refuse(`${label}[${i}]`, 'a row of length 1 (see toSphere)', `length ${Number(Math.sqrt(square).toPrecision(6))}`)
    normalize(data, i * p, p)
  }
  return ndarray(data, [n, p])
}

/** Writes |x - x_i|^2 / 2 of row r of X to all rows of Z. */
export function halfSquaredDistances(X: Matrix, r: number, Z: Matrix, out: Float64Array): void {
  const [x, z] = [X.data, Z.data]
  const p = X.shape[1]
  const from = r * p
  let at = 0
  for (let i = 0; i < out.length; i++) {
    let sum = 0
    for (let j = 0; j < p; j++) {
      const difference = x[from + j] - z[at++]
      sum += difference * difference
    }
    out[i] = sum / 2
  }
}
