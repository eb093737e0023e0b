import type { Random } from '@opt/core'
import { StoredRidge } from '../ridge/ridge-loo.ts'

/** The ReLU units of a link: relu(signs_j u + offsets_j) of the standardised score u. */
export interface LinkUnits {
  /** m numbers, 1 or -1. */
  signs: ArrayLike<number>
  /** m numbers. */
  offsets: ArrayLike<number>
}

/** A curve: c_0 + c_1 u + sum of c_{2+j} relu(signs_j u + offsets_j), u = (z - mean) / deviation. */
export interface Link {
  mean: number
  deviation: number
  signs: number[]
  offsets: number[]
  /** m + 2 numbers. */
  coefficients: number[]
}

/** Draws m units: signs +-1, offsets uniform on [-3, 3]. */
export function drawUnits(m: number, rng: Random): LinkUnits {
  const signs: number[] = []
  const offsets: number[] = []
  for (let j = 0; j < m; j++) {
    signs.push(rng.uniform() < 0.5 ? -1 : 1)
    offsets.push(rng.uniform(-3, 3))
  }
  return { signs, offsets }
}

/** The mean and the deviation (divisor n) of some numbers. */
export function moments(values: Float64Array): { mean: number; deviation: number } {
  const n = values.length
  let sum = 0
  for (let i = 0; i < n; i++) sum += values[i]
  const mean = sum / n
  let squares = 0
  for (let i = 0; i < n; i++) squares += (values[i] - mean) * (values[i] - mean)
  return { mean, deviation: Math.sqrt(squares / n) }
}

/** Fits links, one after the other. */
export class LinkFitter {
  readonly #rows: number
  readonly #lambdas: Float64Array
  #ridge: StoredRidge | undefined

  constructor(rows: number, lambdas: Float64Array) {
    this.#rows = rows
    this.#lambdas = lambdas
  }

  #ridgeFor(units: number): StoredRidge {
    if (this.#ridge?.features.columns !== units + 2) this.#ridge = new StoredRidge(this.#rows, units + 2, this.#lambdas)
    return this.#ridge as StoredRidge
  }

  /**
   * Fits y by a curve of z: ridge on all coefficients, the penalty chosen by leave-one-out.
   *
   * @returns the mean squared leave-one-out error with it; undefined when z is constant or not finite.
   */
  fit(z: Float64Array, y: Float64Array, { signs, offsets }: LinkUnits): { link: Link; loo: number } | undefined {
    const { mean, deviation } = moments(z)
    if (!(deviation > 1e-140 && deviation < Infinity)) return undefined
    const ridge = this.#ridgeFor(signs.length)
    const { data, stride } = ridge.features
    for (let i = 0, k = 0; i < z.length; i++, k = i * stride) {
      const u = (z[i] - mean) / deviation
      data[k++] = 1
      data[k++] = u
      for (let j = 0; j < signs.length; j++) data[k++] = Math.max(0, signs[j] * u + offsets[j])
    }
    const index = ridge.solve(y)
    if (index < 0) return undefined
    const coefficients = Array.from(ridge.coefficients())
    const link = { mean, deviation, signs: Array.from(signs), offsets: Array.from(offsets), coefficients }
    return { link, loo: ridge.ridge.errors[index] }
  }
}

/** Writes the values of a link at scores z, and its slopes in z when an array for them is given (0 at a kink's corner). */
export function evaluateLink(link: Link, z: Float64Array, values: Float64Array, slopes?: Float64Array): void {
  const { mean, deviation, signs, offsets, coefficients: c } = link
  for (let i = 0; i < z.length; i++) {
    const u = (z[i] - mean) / deviation
    let value = c[0] + c[1] * u
    let slope = c[1]
    for (let j = 0; j < signs.length; j++) {
      const s = signs[j] * u + offsets[j]
      if (s > 0) {
        value += c[j + 2] * s
        slope += c[j + 2] * signs[j]
      }
    }
    values[i] = value
    if (slopes) slopes[i] = slope / deviation
  }
}
