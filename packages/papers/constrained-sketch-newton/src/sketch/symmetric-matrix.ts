import { type MatrixLike, matrix, refuse } from '@opt/core'

/** The power of two at or below the largest |entry|; 1 for zeros. */
export function powerOfTwo(values: Float64Array): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]))
  if (largest === 0) return 1
  let power = 1
  while (power > largest) power /= 2
  while (power <= largest / 2) power *= 2
  return power
}

/**
 * Reads a symmetric matrix.
 *
 * @throws TypeError or RangeError when it is not square, finite, and symmetric up to rounding.
 */
export function symmetricMatrix(given: MatrixLike, label: string): { data: Float64Array; N: number } {
  const { data, shape } = matrix(given, label)
  const [N, columns] = shape
  if (N !== columns) refuse(label, 'square', `shape [${N}, ${columns}]`)
  let largest = 0
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i]))
  for (let i = 0; i < N; i++)
    for (let j = 0; j < i; j++)
      if (Math.abs(data[i * N + j] / 2 - data[j * N + i] / 2) > 5e-11 * largest)
        refuse(`${label}[${j}][${i}]`, `equal to ${label}[${i}][${j}] = ${data[i * N + j]}`, String(data[j * N + i]))
  return { data, N }
}
