import { type Matrix, refuse } from '@opt/core'
import ndarray from 'ndarray'

/** Numbers in the upper triangle of a d x d matrix. */
export const packedLength = (d: number): number => (d * (d + 1)) / 2

/** The upper triangle of a symmetric matrix, row by row. */
export function pack({ data, shape: [d] }: Matrix): Float64Array {
  const out = new Float64Array(packedLength(d))
  for (let i = 0, o = 0; i < d; i++) for (let j = i; j < d; j++) out[o++] = data[i * d + j]
  return out
}

/** The symmetric matrix, times `factor`, of packed sums of measurements, whose off-diagonal entries count twice. */
export function unpack(sums: Float64Array, d: number, factor: number): Matrix {
  const data = new Float64Array(d * d)
  for (let i = 0, o = 0; i < d; i++)
    for (let j = i; j < d; j++) {
      const value = factor * sums[o++]
      data[i * d + j] = data[j * d + i] = i === j ? value : value / 2
    }
  return ndarray(data, [d, d])
}

/** (X + X')/2. */
export function symmetrized(X: Matrix): Matrix {
  const [d] = X.shape
  const data = new Float64Array(d * d)
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++)
      data[i * d + j] = i === j ? X.data[i * d + i] : X.data[i * d + j] / 2 + X.data[j * d + i] / 2
  return ndarray(data, [d, d])
}

/** A symmetric copy of a matrix that is symmetric up to rounding, with entries of {@link checkRange}. */
export function symmetricCopy(X: Matrix, label: string): Matrix {
  const { data, shape } = X
  const [d] = shape
  checkRange(data, label)
  const peak = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  for (let i = 0; i < d; i++)
    for (let j = 0; j < i; j++)
      if (Math.abs(data[i * d + j] - data[j * d + i]) > 1e-10 * peak)
        refuse(`${label}[${j}][${i}]`, `equal to ${label}[${i}][${j}] = ${data[i * d + j]}`, String(data[j * d + i]))
  return symmetrized(X)
}

/** Entries of measurements beyond this would overflow in products and their sums. */
const RANGE = 1e70

/** Refuses arrays whose largest entry is neither 0 nor between 1e-70 and 1e70. */
export function checkRange(data: ArrayLike<number>, label: string): void {
  let peak = 0
  for (let i = 0; i < data.length; i++) peak = Math.max(peak, Math.abs(data[i]))
  if (peak > 0 && !(peak >= 1 / RANGE && peak <= RANGE))
    refuse(label, `of a largest entry between ${1 / RANGE} and ${RANGE}`, String(peak))
}
