import { type Matrix, random } from '@opt/core'
import ndarray from 'ndarray'

export const gaussian = (n: number, d: number, seed: number): Matrix => {
  const rng = random(seed)
  return ndarray(
    Float64Array.from({ length: n * d }, () => rng.normal()),
    [n, d],
  )
}

export const rowsOf = ({ data, shape: [n, d] }: Matrix): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from(data.subarray(i * d, (i + 1) * d)))

/** x'A x - tr A with A a diagonal of signs. */
export const saddle = (row: ArrayLike<number>): number => {
  let sum = 0
  for (let j = 0; j < row.length; j++)
    sum += ((j % 2 === 0 ? 1 : -1) * (row[j] * row[j] - 1)) / Math.sqrt(2 * row.length)
  return sum
}
