import { type Random, refuse } from '@opt/core'

/** Splits n rows at random into training, validation and test examples. */
export function split(
  n: number,
  [validation, test]: [number, number],
  rng: Random,
): Record<'train' | 'validation' | 'test', Int32Array> {
  const order = rng.permutation(n)
  const [v, t] = [Math.round(validation * n), Math.round(test * n)]
  if (v < 1 || t < 1 || n - v - t < 2)
    refuse('X', 'of enough rows for training, validation and test', `${n} rows: ${n - v - t}, ${v} and ${t}`)
  return { validation: order.slice(0, v), test: order.slice(v, v + t), train: order.slice(v + t) }
}

/** Columns of mean 0 and deviation 1 over some rows; constant columns become 0. */
export class Standardization {
  readonly #means: Float64Array
  readonly #scales: Float64Array
  /** The largest entry of each column, by which it is divided first: squares of huge numbers would overflow. */
  readonly #units: Float64Array
  readonly #columns: number

  constructor(data: Float64Array, columns: number, rows: Int32Array) {
    this.#columns = columns
    this.#units = new Float64Array(columns)
    this.#means = new Float64Array(columns)
    this.#scales = new Float64Array(columns)
    for (let j = 0; j < columns; j++) {
      for (const i of rows) this.#units[j] = Math.max(this.#units[j], Math.abs(data[i * columns + j]))
      const unit = this.#units[j] || 1
      this.#units[j] = unit
      for (const i of rows) this.#means[j] += data[i * columns + j] / unit / rows.length
      let square = 0
      for (const i of rows) {
        const d = data[i * columns + j] / unit - this.#means[j]
        square += d * d
      }
      const deviation = Math.sqrt(square / rows.length)
      this.#scales[j] = deviation > 1e-12 ? 1 / deviation : 0
    }
  }

  /** Returns standardized copies of some rows, at most 1e6 deviations off. */
  apply(data: Float64Array, rows: Int32Array): Float64Array {
    const n = this.#columns
    const out = new Float64Array(rows.length * n)
    for (let k = 0; k < rows.length; k++)
      for (let j = 0; j < n; j++) {
        const z = (data[rows[k] * n + j] / this.#units[j] - this.#means[j]) * this.#scales[j]
        out[k * n + j] = Math.max(-1e6, Math.min(1e6, z))
      }
    return out
  }
}
