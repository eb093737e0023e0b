import {
  decodeFloats,
  encodeFloats,
  norm,
  number,
  options as optionsOf,
  type Report,
  refuse,
  type Solver,
  show,
  solver,
  vector,
} from '@opt/core'
import { checkDataset, type Dataset } from '../data/dataset.ts'
import { directionError, INSEPARABLE, marginError, NEGLIGIBLE, type Plane, planeOf } from '../descent/plane.ts'
import { Corral } from './corral.ts'

/** Options of {@link margin}. */
export interface MarginOptions {
  /** Go on from the `state` of an earlier answer on the same data. */
  resume?: MarginState | undefined
}

/** What {@link margin} reports after each change of the supporting examples. */
export interface MarginReport extends Report {
  /** (marginUpper - marginLower) / marginUpper */
  error: number
  marginLower: number
  marginUpper: number
  /** Number of supporting examples. */
  support: number
}

/** Answer of {@link margin}; theta and intercept together have norm 1. */
export interface MarginSolution extends Plane {
  /** The best estimate of the margin mu = max over |u| = 1 of min z_i'u, or 0. */
  margin: number
  /** Proven bounds, rounding errors included: marginLower is what theta reaches. */
  marginLower: number
  marginUpper: number
  /** n convex weights: |sum weights_i z_i| proves marginUpper. */
  weights: Float64Array
  /** Saved state, plain JSON. */
  state: MarginState
}

/** A saved run; arrays are base64 of their little-endian float64 bytes. */
export interface MarginState {
  support: number[]
  weights: string
  factor: string
  numbers: string
  position: string
  direction: string
}

/**
 * Computes the largest margin of two-class data and the plane that has it (the hard-margin support
 * vector machine through the origin of the extended space), with proof from both sides, by Wolfe's
 * method (1976) for the shortest convex combination of the z_i: its length is the margin.
 *
 * `error` is the relative distance of the bounds; `tolerance` is 1e-8. The status is 'infeasible'
 * when a convex combination is shorter than 1e-9 R, so that no plane has a larger margin, and no
 * plane that separates was found.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const margin: Solver<[data: Dataset, options: MarginOptions], MarginReport, MarginSolution> =
  /* @__PURE__ */ solver(
    'margin',
    function* (data, { resume }) {
      const { scaledRadius } = data
      const search = resume === undefined ? start(data) : Search.load(data, resume)
      for (;;) {
        const nearest = search.look()
        if (search.lower <= 0 && search.upper <= NEGLIGIBLE * scaledRadius)
          return { ...search.answer(), ...INSEPARABLE }
        if (yield search.report()) return search.answer()
        if (!search.improve(nearest))
          return { ...search.answer(), message: 'rounding errors allow no further progress' }
      }
    },
    { tolerance: 1e-8, maxIterations: 100_000, options: ['resume'], checkInputs: (data) => checkDataset(data, 'data') },
  )

/** Starts at the row of least norm. */
function start(data: Dataset): Search {
  const { rows } = data
  let best = 0
  for (let i = 1; i < rows.n; i++) if (rows.squares[i] < rows.squares[best]) best = i
  const corral = new Corral(rows, Math.sqrt(rows.squares[best]))
  corral.add(best)
  corral.weights[0] = 1
  return new Search(data, corral, corral.combination())
}

class Search {
  readonly #data: Dataset
  #corral: Corral
  #w: Float64Array
  #direction: Float64Array
  lower = -Infinity
  upper = Infinity

  constructor(data: Dataset, corral: Corral, position: Float64Array) {
    this.#data = data
    this.#corral = corral
    this.#w = position
    this.#direction = position.slice()
  }

  /** Improves the bounds by the current point; returns the row with the least margin. */
  look(): number {
    const margins = this.#data.rows.margins(this.#w)
    let nearest = 0
    for (let i = 1; i < margins.length; i++) if (margins[i] < margins[nearest]) nearest = i
    const length = norm(this.#w)
    const lower = length > 0 ? margins[nearest] / length - marginError(this.#data) : -this.#data.scaledRadius
    if (lower > this.lower) {
      this.lower = lower
      this.#direction.set(this.#w)
    }
    const proof = norm(this.#corral.combination())
    this.upper = Math.min(this.upper, proof + directionError(this.#data, this.#corral.indices.length))
    return nearest
  }

  /**
   * A major cycle: takes a row in, and goes to the shortest convex combination of the rows that
   * stay.
   */
  improve(entering: number): boolean {
    const before = norm(this.#w)
    const height = Math.max(before, 1e-8 * this.#data.scaledRadius)
    if (height < this.#corral.height / 8) this.#corral = this.#corral.atHeight(height)
    const corral = this.#corral
    const { weights, indices } = corral
    if (indices.includes(entering) || !corral.add(entering)) return false
    for (;;) {
      const { point, weights: target } = corral.nearest()
      let step = 1
      target.forEach((v, k) => {
        if (v <= 0) step = Math.min(step, weights[k] / (weights[k] - v))
      })
      if (!(step >= 0)) return false
      target.forEach((v, k) => (weights[k] += step * (v - weights[k])))
      if (step === 1) {
        this.#w = point
        return norm(point) < before
      }
      const size = indices.length
      for (let k = size - 1; k >= 0; k--) if (weights[k] <= 1e-15 && target[k] <= 0) corral.remove(k)
      if (indices.length === size || indices.length === 0) return false
    }
  }

  report(): MarginReport {
    const { unit } = this.#data
    return {
      error: (this.upper - this.lower) / this.upper,
      marginLower: unit * this.lower,
      marginUpper: unit * this.upper,
      support: this.#corral.indices.length,
    }
  }

  answer(): MarginSolution {
    const { unit, rows } = this.#data
    const weights = new Float64Array(rows.n)
    const total = this.#corral.weights.reduce((sum, v) => sum + v, 0)
    this.#corral.indices.forEach((i, k) => (weights[i] = this.#corral.weights[k] / total))
    const length = norm(this.#direction)
    return {
      ...planeOf(this.#data, this.#direction, length > 0 ? 1 / length : 0),
      margin: unit * norm(this.#w),
      marginLower: unit * this.lower,
      marginUpper: unit * this.upper,
      weights,
      state: {
        support: [...this.#corral.indices],
        weights: encodeFloats(Float64Array.from(this.#corral.weights)),
        factor: encodeFloats(
          Float64Array.from(this.#corral.columns.flatMap((column, k) => [...column.subarray(0, k + 1)])),
        ),
        numbers: encodeFloats(Float64Array.of(this.lower, this.upper, this.#corral.height)),
        position: encodeFloats(this.#w),
        direction: encodeFloats(this.#direction),
      },
    }
  }

  static load(data: Dataset, given: MarginState): Search {
    const { support, weights, factor, numbers, position, direction } = optionsOf(given, 'resume')
    if (!Array.isArray(support) || support.length === 0) refuse('resume.support', 'row numbers', show(support), 'type')
    for (const [k, i] of support.entries())
      if (!(Number.isSafeInteger(i) && i >= 0 && i < data.n && support.indexOf(i) === k))
        refuse(`resume.support[${k}]`, `another row number below ${data.n}`, show(i))
    const size = support.length
    const triangle = decodeFloats(factor, Float64Array, (size * (size + 1)) / 2, 'resume.factor')
    const [lower, upper, height] = decodeFloats(numbers, Float64Array, 3, 'resume.numbers')
    const corral = new Corral(data.rows, height)
    corral.indices.push(...support)
    corral.weights.push(...decodeFloats(weights, Float64Array, size, 'resume.weights'))
    for (let k = 0, at = 0; k < size; at += ++k) corral.columns.push(triangle.slice(at, at + k + 1))
    const isSaved = height > 0 && corral.weights.every((v) => v >= 0 && v <= 1.1)
    if (!(isSaved && corral.columns.every((column, k) => column[k] > 0)))
      refuse('resume', 'the state of an earlier answer', 'other numbers')
    const search = new Search(
      data,
      corral,
      vector(decodeFloats(position, Float64Array, data.d, 'resume.position'), 'resume.position'),
    )
    search.#direction = vector(decodeFloats(direction, Float64Array, data.d, 'resume.direction'), 'resume.direction')
    search.lower = number(lower, 'resume.numbers[0]')
    search.upper = number(upper, 'resume.numbers[1]', { positive: true })
    return search
  }
}
