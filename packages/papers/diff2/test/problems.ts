import { type Random, random } from '@opt/core'
import { type Client, type Noise, rowsClient } from '../src/index.ts'

/** Noise from a list of rows. */
export function listed(rows: readonly (readonly number[])[]): Noise {
  let r = 0
  return { normals: (out) => out.set(rows[r++]) }
}

/** Rows of numbers between -1 and 1. */
export const rows = (rng: Random, n: number, d: number): number[][] =>
  Array.from({ length: n }, () => Array.from({ length: d }, () => rng.uniform(-1, 1)))

/** A client whose records are points: the loss of z is |x - z|^2 / 2. */
export const meanClient = (points: readonly (readonly number[])[]): Client =>
  rowsClient({
    size: points[0].length,
    count: points.length,
    gradients(x, start, count, out) {
      for (let i = 0; i < count; i++)
        for (let j = 0; j < x.length; j++) out[i * x.length + j] = x[j] - points[start + i][j]
    },
  })

/** A client of logistic losses with a concave penalty's smooth part left out: records (a, y), y = 0 or 1. */
export const logisticClient = (inputs: readonly (readonly number[])[], labels: readonly number[]): Client =>
  rowsClient({
    size: inputs[0].length,
    count: inputs.length,
    gradients(x, start, count, out) {
      for (let i = 0; i < count; i++) {
        const a = inputs[start + i]
        const z = a.reduce((sum, v, j) => sum + v * x[j], 0)
        const p = 1 / (1 + Math.exp(-z))
        for (let j = 0; j < x.length; j++) out[i * x.length + j] = (p - labels[start + i]) * a[j]
      }
    },
  })

/** Some clients of random points. */
export const meanClients = (seed: number, counts: readonly number[], d: number): Client[] => {
  const rng = random(seed)
  return counts.map((n) => meanClient(rows(rng, n, d)))
}
