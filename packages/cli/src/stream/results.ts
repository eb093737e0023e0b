import { writeOrRescue } from '../files/whole-file.ts'
import type { Work } from './learn.ts'
import type { Predictions } from './predictions.ts'
import type { StreamRequest } from './request.ts'
import type { Saved } from './saved.ts'

/** Saves the results of a run: predictions and state, of the same example, without a pause in between. */
export class Results {
  readonly #request: StreamRequest
  readonly #work: Work
  readonly #predictions: Predictions | undefined
  readonly #examplesBefore: number
  #saved = false

  constructor(request: StreamRequest, work: Work, predictions: Predictions | undefined) {
    this.#request = request
    this.#work = work
    this.#predictions = predictions
    this.#examplesBefore = work.stream.examples
  }

  /** How many examples this run has seen. */
  get examples(): number {
    return this.#work.stream.examples - this.#examplesBefore
  }

  /** Whether there is a state to save: a learner that has seen anything. */
  get hasState(): boolean {
    return !this.#request.test && (this.#request.old !== undefined || this.#work.position.lines > 0)
  }

  /** Publishes the predictions and, if asked to, saves the state. A second call does nothing. */
  save(withState: boolean): void {
    if (this.#saved) return
    this.#saved = true
    let predicted: number | undefined
    try {
      if (this.examples > 0) {
        predicted = this.#predictions?.count
        this.#predictions?.publish()
      } else predicted = this.#request.old?.saved.predicted
    } catch (error) {
      if (withState && this.hasState) this.#saveState(undefined)
      throw error
    }
    if (withState && this.hasState) this.#saveState(predicted)
  }

  #saveState(predicted: number | undefined): void {
    writeOrRescue(this.#request.state.path, JSON.stringify(savedOf(this.#work, predicted)))
  }
}

/** `settings` may hold the fields of an older state. */
function savedOf({ settings, position, stream }: Work, predicted: number | undefined): Saved {
  const { learner, features, radius, scale, beta, horizon, positive, firstIndex } = settings
  const { label, header, delimiter, decimal } = settings
  const { lines, digest } = position
  const model = { learner, features, radius, scale, beta, horizon }
  const input = { positive, firstIndex, label, header, delimiter, decimal, lines, digest }
  return { ...model, ...input, predicted, stream: stream.state() }
}
