import type { LogisticStream } from '@opt/sea-omd'
import { writeOrRescue } from '../files.ts'
import type { Work } from './learn.ts'
import type { Settings } from './learners.ts'
import type { Plan } from './plan.ts'
import type { Predictions } from './predictions.ts'
import type { Saved } from './saved.ts'

/** Keeps what a run has brought: predictions and state, of the same example. At once, so that nothing comes in between. */
export class Keeper {
  readonly #plan: Plan
  readonly #work: Work
  readonly #predictions: Predictions | undefined
  readonly #before: number
  #kept = false

  constructor(plan: Plan, work: Work, predictions: Predictions | undefined) {
    this.#plan = plan
    this.#work = work
    this.#predictions = predictions
    this.#before = work.stream.examples
  }

  /** Examples of this run. */
  get examples(): number {
    return this.#work.stream.examples - this.#before
  }

  /** Whether there is something to save: a learner that has seen anything. */
  get hasState(): boolean {
    return !this.#plan.test && (this.#plan.old !== undefined || this.#work.position.lines > 0)
  }

  /** Publishes predictions and, if wanted, saves the state. The second time it does nothing. */
  keep(state: boolean): void {
    if (this.#kept) return
    this.#kept = true
    let predicted: number | undefined
    try {
      if (this.examples > 0) {
        predicted = this.#predictions?.count
        this.#predictions?.publish()
      } else predicted = this.#plan.old?.saved.predicted
    } catch (error) {
      if (state && this.hasState) this.#save(undefined)
      throw error
    }
    if (state && this.hasState) this.#save(predicted)
  }

  #save(predicted: number | undefined): void {
    const { settings, position, stream } = this.#work
    writeOrRescue(this.#plan.state.path, JSON.stringify(savedOf(settings, position, predicted, stream)))
  }
}

function savedOf(
  settings: Settings,
  { lines, digest }: Work['position'],
  predicted: number | undefined,
  stream: LogisticStream,
): Saved {
  const { learner, features, radius, scale, beta, horizon, positive, firstIndex } = settings
  return {
    learner,
    features,
    radius,
    scale,
    beta,
    horizon,
    positive,
    firstIndex,
    lines,
    digest,
    predicted,
    stream: stream.state(),
  }
}
