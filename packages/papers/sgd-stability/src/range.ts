import { type MatrixLike, matrix, refuse, show, type VectorLike, vector } from '@opt/core'

/** Largest entries whose fourth moments stay within the range of doubles; their inverses likewise. */
const LARGEST = 1e70

/** The largest |entry|, or 0. */
export function peakOf(data: ArrayLike<number>): number {
  let peak = 0
  for (let i = 0; i < data.length; i++) peak = Math.max(peak, Math.abs(data[i]))
  return peak
}

/** Refuses data, other than zeros, whose largest entry is not between 1 / most and most. */
export function scaled(data: ArrayLike<number>, label: string, most: number = LARGEST): void {
  const peak = peakOf(data)
  if (peak > 0 && !(peak >= 1 / most && peak <= most))
    refuse(label, `zero, or scaled to a largest entry between ${1 / most} and ${most}`, show(peak))
}

/** A matrix of entries of at most 1e70. */
export function boundedMatrix(
  x: MatrixLike,
  label: string,
  columns?: number,
): { data: Float64Array; rows: number; columns: number } {
  const { data, shape } = matrix(x, label, { columns })
  bounded(data, label)
  return { data, rows: shape[0], columns: shape[1] }
}

/** A vector of entries of at most 1e70. */
export function boundedVector(x: VectorLike, label: string, length?: number): Float64Array {
  const data = vector(x, label, { length })
  bounded(data, label)
  return data
}

function bounded(data: Float64Array, label: string): void {
  const peak = peakOf(data)
  if (peak > LARGEST) refuse(label, `of entries up to ${LARGEST}`, show(peak))
}

/** The length of n entries of x from a place on, also where their squares are not normal numbers. */
export function length(x: Float64Array, from: number = 0, n: number = x.length): number {
  const peak = peakOf(x.subarray(from, from + n))
  if (peak === 0) return 0
  let sum = 0
  for (let k = from; k < from + n; k++) sum += (x[k] / peak) * (x[k] / peak)
  return peak * Math.sqrt(sum)
}
