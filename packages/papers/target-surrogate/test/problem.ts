import { random } from '@opt/core'
import type { Model } from '../src/index.ts'

/** Rows of normal numbers and a constant, with labels 0 or 1 of a noisy linear rule. */
export function points(count: number, features: number, seed = 1) {
  const rng = random(seed)
  const inputs = Array.from({ length: count }, () => [...Array.from({ length: features - 1 }, () => rng.normal()), 1])
  const truth = inputs[0].map((_, j) => (j === features - 1 ? 0.1 : 1))
  const labels = inputs.map((row) => (row.reduce((sum, x, j) => sum + x * truth[j], 2 * rng.normal()) > 0 ? 1 : 0))
  return { inputs, labels }
}

/** A model of one's own, without any array of ours: f = tanh(X theta) for rows X. */
export function tanhModel(): Model<number[][]> {
  const product = (theta: ArrayLike<number>, row: number[]) => row.reduce((sum, x, j) => sum + x * theta[j], 0)
  return {
    outputs: 1,
    forward: (theta, rows) => rows.map((row) => Math.tanh(product(theta, row))),
    vjp: (theta, rows, c) =>
      rows.reduce(
        (sum, row, i) => {
          const slope = 1 - Math.tanh(product(theta, row)) ** 2
          return sum.map((s, j) => s + c[i] * slope * row[j])
        },
        Array.from(theta, () => 0),
      ),
  }
}
