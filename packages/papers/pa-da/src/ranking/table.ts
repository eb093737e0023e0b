import { options as optionsOf, type Random, refuse, vector } from '@opt/core'

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

/** A saved {@link Standardization}: plain JSON; one number for each column. */
export interface StandardizationState {
  units: number[]
  means: number[]
  scales: number[]
}

/** Columns of mean 0 and deviation 1 over some rows; constant columns become 0. */
export class Standardization {
  readonly #means: Float64Array
  readonly #scales: Float64Array
  /** The largest entry of each column, by which it is divided first: squares of huge numbers would overflow. */
  readonly #units: Float64Array

  private constructor(units: Float64Array, means: Float64Array, scales: Float64Array) {
    this.#units = units
    this.#means = means
    this.#scales = scales
  }

  /** Measures the columns of a table over some rows. */
  static of(data: Float64Array, columns: number, rows: Int32Array): Standardization {
    const units = new Float64Array(columns)
    const means = new Float64Array(columns)
    const scales = new Float64Array(columns)
    for (let j = 0; j < columns; j++) {
      for (const i of rows) units[j] = Math.max(units[j], Math.abs(data[i * columns + j]))
      const unit = units[j] || 1
      units[j] = unit
      for (const i of rows) means[j] += data[i * columns + j] / unit / rows.length
      let square = 0
      for (const i of rows) {
        const d = data[i * columns + j] / unit - means[j]
        square += d * d
      }
      const deviation = Math.sqrt(square / rows.length)
      scales[j] = deviation > 1e-12 ? 1 / deviation : 0
    }
    return new Standardization(units, means, scales)
  }

  get columns(): number {
    return this.#units.length
  }

  state(): StandardizationState {
    return { units: Array.from(this.#units), means: Array.from(this.#means), scales: Array.from(this.#scales) }
  }

  static load(state: StandardizationState): Standardization {
    const given = optionsOf(state, 'state.standardization')
    const units = vector(given.units, 'state.standardization.units', { sign: 'positive' })
    const { length } = units
    const means = vector(given.means, 'state.standardization.means', { length })
    const scales = vector(given.scales, 'state.standardization.scales', { length, sign: 'nonnegative' })
    return new Standardization(units.slice(), means.slice(), scales.slice())
  }

  /** Returns standardized copies of some rows, at most 1e6 deviations off. */
  apply(data: Float64Array, rows: Int32Array): Float64Array {
    const n = this.columns
    const out = new Float64Array(rows.length * n)
    for (let k = 0; k < rows.length; k++)
      for (let j = 0; j < n; j++) {
        const z = (data[rows[k] * n + j] / this.#units[j] - this.#means[j]) * this.#scales[j]
        out[k * n + j] = Math.max(-1e6, Math.min(1e6, z))
      }
    return out
  }
}
