import { refuse, type Status, show } from '@opt/core'
import type { BatchWeights } from './batch-weights.ts'
import type { RobustReport } from './options.ts'

/** What has happened since the last report. */
export class Measures {
  #sum = 0
  #count = 0
  #most = 0
  #least = Infinity
  /** The smallest number of effective examples of the whole run. */
  #lowest = Infinity

  add(losses: Float64Array, { most, effective }: { most: number; effective: number }): void {
    let sum = 0
    for (const loss of losses) sum += loss / losses.length
    this.#sum += sum
    this.#count++
    this.#most = Math.max(this.#most, most)
    this.#least = Math.min(this.#least, effective)
    this.#lowest = Math.min(this.#lowest, effective)
  }

  /** Returns the measures of a report, and starts anew; NaN where no step was whole. */
  take(weights: BatchWeights): Pick<RobustReport, 'loss' | 'objective' | 'maxWeight' | 'effectiveExamples'> {
    const none = this.#count === 0
    const loss = none ? NaN : this.#sum / this.#count
    const report = {
      loss,
      objective: none ? NaN : weights.objective(loss),
      maxWeight: none ? NaN : this.#most,
      effectiveExamples: none ? NaN : this.#least,
    }
    this.#sum = 0
    this.#count = 0
    this.#most = 0
    this.#least = Infinity
    return report
  }

  /** A warning where the gradients of some batches rested on few examples. */
  warning(batchSize: number, kl: boolean, completed: boolean): { message?: string; status?: Status } {
    if (this.#lowest >= batchSize / 10) return {}
    const advice = kl ? ': a larger r or a smaller maxWeight is safer' : ''
    const message = `some batches of ${batchSize} rested on ${this.#lowest.toPrecision(2)} effective examples${advice}`
    return completed ? { message, status: 'completed' } : { message }
  }
}

/** Checks the examples of a step that a caller has chosen. */
export function chosenIndices(given: ArrayLike<number>, batchSize: number, rows: number): Int32Array {
  if (given?.length !== batchSize)
    refuse('batches', `a function that returns ${batchSize} indices (batchSize)`, show(given), 'type')
  for (let i = 0; i < batchSize; i++)
    if (!(Number.isInteger(given[i]) && given[i] >= 0 && given[i] < rows))
      refuse(`batches()[${i}]`, `an integer from 0 to ${rows - 1}`, show(given[i]))
  return Int32Array.from(given)
}
