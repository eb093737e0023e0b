import { number, refuse, show, type VectorLike } from '@opt/core'
import { scoresOf } from './intake.ts'

/** Of finite scores, whose squared differences are summed. */
const LARGEST = 1e150

/** What {@link ScoreAverage.state} saves: plain JSON, null for Infinity. */
export interface AverageState {
  count: number
  mean: (number | null)[]
  squares: (number | null)[]
}

/** The mean and spread of scores over networks, one score vector at a time (Welford's recurrence). Infinite once, infinite for good. */
export class ScoreAverage {
  #count = 0
  #mean: Float64Array = new Float64Array(0)
  #squares: Float64Array = new Float64Array(0)

  /** How many score vectors were added. */
  get count(): number {
    return this.#count
  }

  /** @throws RangeError, before anything changes, when the scores are of another length than the first, NaN, -Infinity or beyond 1e150. */
  add(given: VectorLike): void {
    const scores = scoresOf(given, 'ScoreAverage.add: scores')
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
      const step = scores[i] - this.#mean[i]
      this.#mean[i] += step / this.#count
      this.#squares[i] += step * (scores[i] - this.#mean[i])
    }
  }

  /** The mean score of each example. */
  mean(): Float64Array {
    return this.#mean.slice()
  }

  /** The standard deviation between networks (n - 1); 0 of a single one. */
  std(): Float64Array {
    return this.#squares.map((square) => (this.#count > 1 ? Math.sqrt(square / (this.#count - 1)) : 0))
  }

  state(): AverageState {
    return { count: this.#count, mean: toJson(this.#mean), squares: toJson(this.#squares) }
  }

  /** @throws TypeError or RangeError, before anything changes, for what is no state. */
  load(state: AverageState): void {
    const count = number(state?.count, 'ScoreAverage.load: state.count', { integer: true, min: 0 })
    const mean = fromJson(state.mean, 'ScoreAverage.load: state.mean')
    const squares = fromJson(state.squares, 'ScoreAverage.load: state.squares')
    if (squares.length !== mean.length)
      refuse('ScoreAverage.load: state.squares', `of length ${mean.length}`, `length ${squares.length}`)
    if (count === 0 && mean.length > 0)
      refuse('ScoreAverage.load: state.mean', 'empty with a count of 0', `length ${mean.length}`)
    for (let i = 0; i < mean.length; i++) {
      const infinite = mean[i] === Infinity
      if (!infinite) number(mean[i], `ScoreAverage.load: state.mean[${i}]`, { min: -LARGEST, max: LARGEST })
      const label = `ScoreAverage.load: state.squares[${i}]`
      if (infinite !== (squares[i] === Infinity))
        refuse(label, 'null where the mean is, and only there', show(squares[i]))
      if (!infinite) number(squares[i], label, { min: 0, ...(count === 1 ? { max: 0 } : {}) })
    }
    this.#count = count
    this.#mean = mean
    this.#squares = squares
  }
}

/** Scores as JSON has them: null for Infinity. */
export const toJson = (scores: ArrayLike<number>): (number | null)[] =>
  Array.from(scores, (score) => (score === Infinity ? null : score))

/** Scores from JSON. */
export function fromJson(scores: readonly (number | null)[], label: string): Float64Array {
  if (!Array.isArray(scores)) refuse(label, 'an array', show(scores), 'type')
  return Float64Array.from(scores, (score, i) => (score === null ? Infinity : number(score, `${label}[${i}]`)))
}
