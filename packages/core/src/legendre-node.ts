import { number } from './errors.ts'
import { cos } from './math/trigonometric.ts'

/**
 * Returns node k, in descending order, of the n nodes of Gauss and Legendre on [-1, 1] and its weight, by Newton's method.
 *
 * @throws TypeError or RangeError when n is not an integer from 1 to 10,000, or k not one from 0 to n - 1.
 */
export function legendreNode(n: number, k: number): { node: number; weight: number } {
  number(n, 'legendreNode: n', { integer: true, min: 1, max: 10_000 })
  number(k, 'legendreNode: k', { integer: true, min: 0, max: n - 1 })
  let x = cos((Math.PI * (k + 0.75)) / (n + 0.5))
  let slope = 1
  for (let round = 0; round < 8; round++) {
    let [p, before] = [1, 0]
    for (let j = 0; j < n; j++) [p, before] = [((2 * j + 1) * x * p - j * before) / (j + 1), p]
    slope = (n * (x * p - before)) / (x * x - 1)
    x -= p / slope
  }
  return { node: x, weight: 2 / ((1 - x * x) * slope * slope) }
}
