import { decodeFloats, encodeFloats, number, refuse, show, type VectorLike } from '@opt/core'
import { checkScores } from '../intake.ts'

/** The squared differences of larger scores could overflow in the sum. */
const LARGEST = 1e150

/** What {@link ScoreAverage.state} saves: plain JSON. */
export interface AverageState {
  /** The number of score vectors. */
  count: number
  /** The number of scores in each. */
  length: number
  /** Base64 of the mean scores. */
  mean: string
  /** Base64 of the sums of squared differences from the mean. */
  squares: string
}

/**
 * The mean and the standard deviation of scores over networks, one score vector at a time (Welford's
 * recurrence). An example that scores Infinity once has mean and deviation Infinity.
 */
export class ScoreAverage {
  #count = 0
  #mean: Float64Array = new Float64Array(0)
  #squares: Float64Array = new Float64Array(0)

  /** The number of score vectors added. */
  get count(): number {
    return this.#count
  }

  /**
   * Adds the scores of one network.
   *
   * @throws RangeError, before anything changes, for scores of another length than the first, NaN,
   *   -Infinity or beyond 1e150.
   */
  add(given: VectorLike): void {
    const scores = checkScores(given, 'ScoreAverage.add: scores')
    if (this.#count > 0 && scores.length !== this.#mean.length)
      refuse('ScoreAverage.add: scores', `of length ${this.#mean.length}`, `length ${scores.length}`)
    for (let i = 0; i < scores.length; i++)
      if (Math.abs(scores[i]) > LARGEST && scores[i] !== Infinity)
        number(scores[i], `ScoreAverage.add: scores[${i}]`, { min: -LARGEST, max: LARGEST })
    if (this.#count === 0) {
      this.#mean = new Float64Array(scores.length)
      this.#squares = new Float64Array(scores.length)
    }
    this.#count++
    for (let i = 0; i < scores.length; i++) {
      if (scores[i] === Infinity || this.#mean[i] === Infinity) {
        this.#mean[i] = this.#squares[i] = Infinity
        continue
      }
      const difference = scores[i] - this.#mean[i]
      this.#mean[i] += difference / this.#count
      this.#squares[i] += difference * (scores[i] - this.#mean[i])
    }
  }

  /** Returns the mean score of each example. */
  mean(): Float64Array {
    return this.#mean.slice()
  }

  /**
   * Returns the standard deviation between networks (divisor n - 1) of each example; 0 for a single
   * network.
   */
  std(): Float64Array {
    return this.#squares.map((square) => (this.#count > 1 ? Math.sqrt(square / (this.#count - 1)) : 0))
  }

  /** Returns all that {@link load} needs to go on from here, to the same bits. */
  state(): AverageState {
    const { length } = this.#mean
    return { count: this.#count, length, mean: encodeFloats(this.#mean), squares: encodeFloats(this.#squares) }
  }

  /**
   * Restores a saved state.
   *
   * @throws TypeError or RangeError, before anything changes, for anything but a state that
   *   {@link state} can return.
   */
  load(state: AverageState): void {
    const label = 'ScoreAverage.load: state'
    const count = number(state?.count, `${label}.count`, { integer: true, min: 0 })
    const length = number(state.length, `${label}.length`, { integer: true, min: 0 })
    const mean = decodeFloats(state.mean, Float64Array, length, `${label}.mean`)
    const squares = decodeFloats(state.squares, Float64Array, length, `${label}.squares`)
    if (count === 0 && length > 0) refuse(`${label}.length`, '0 with a count of 0', show(length))
    for (let i = 0; i < length; i++) {
      if (mean[i] === Infinity && squares[i] === Infinity) continue
      number(mean[i], `${label}.mean[${i}]`, { min: -LARGEST, max: LARGEST })
      number(squares[i], `${label}.squares[${i}]`, { min: 0, max: count > 1 ? Infinity : 0 })
    }
    this.#count = count
    this.#mean = mean
    this.#squares = squares
  }
}
