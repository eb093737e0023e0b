import { number, options as optionsOf, refuse, show } from '@opt/core'
import { type BatchStatistics, checkStatistics } from './statistics.ts'
import { type ResolvedTest, resolveTest, sizeFor, TEST_OPTIONS, type TestOptions } from './suggested-batch-size.ts'

/** Options of {@link BatchSizeTest}. */
export interface BatchSizeTestOptions extends TestOptions {
  /** The first batch size, an integer >= 1. Default 8. */
  initial?: number | undefined
  /** The largest batch size. Default `population`, or else 2^53 - 1, what a zero gradient then asks for. */
  max?: number | undefined
  /** The number of steps between tests. Default 1. */
  interval?: number | undefined
}

/** The names of {@link BatchSizeTestOptions}. */
export const GROWTH_OPTIONS: readonly (keyof BatchSizeTestOptions)[] = [...TEST_OPTIONS, 'initial', 'max', 'interval']

/** A saved {@link BatchSizeTest}. */
export interface BatchSizeTestState {
  batchSize: number
  /** The number of updates. */
  steps: number
}

/** What the next update reads of the statistics, besides norms. */
export interface NeededStatistics {
  products: boolean
  variances: boolean
}

/**
 * A batch size that grows when a test finds the batch's gradient too noisy, and never shrinks:
 *
 *     b = min(max, ceil(s)) if s > b,   s = suggestedBatchSize(statistics)
 *
 * For any training loop: give it the statistics of the step just taken; it returns the size of the next batch.
 */
export class BatchSizeTest {
  readonly #settings: ResolvedTest
  readonly #max: number
  readonly #interval: number
  #batchSize: number
  #steps = 0
  #suggested: number | undefined

  /** @throws TypeError or RangeError for options out of range. */
  constructor(options?: BatchSizeTestOptions) {
    const name = 'BatchSizeTest'
    const given = optionsOf(options, `${name}: options`, GROWTH_OPTIONS)
    this.#settings = resolveTest(given, name)
    const { initial = 8, max = given.population ?? Number.MAX_SAFE_INTEGER, interval = 1 } = given
    this.#batchSize = number(initial, `${name}: initial`, { integer: true, min: 1 })
    number(max, `${name}: max`, { integer: true })
    if (max < initial) refuse(`${name}: max`, `at least initial = ${initial}`, show(max))
    this.#max = max
    this.#interval = number(interval, `${name}: interval`, { integer: true, min: 1 })
  }

  /** The size of the next batch. */
  get batchSize(): number {
    return this.#batchSize
  }

  /** What the next {@link update} needs; null if it needs none: at the largest size, and between tests. */
  get needs(): NeededStatistics | null {
    if (this.#batchSize >= this.#max || (this.#steps + 1) % this.#interval !== 0) return null
    const { test } = this.#settings
    return { products: test !== 'norm' && test !== 'coordinate', variances: test === 'coordinate' }
  }

  /** The size that the last test asked for, not rounded; undefined if the last update did not test. */
  get suggested(): number | undefined {
    return this.#suggested
  }

  /**
   * Counts a step, tests its batch, and returns the size of the next one.
   *
   * @param statistics of the step's batch; not read, and may be left out, when {@link needs} is null.
   * @throws TypeError or RangeError, before anything changes, for statistics that are missing or out of range.
   */
  update(statistics?: BatchStatistics | null): number {
    let s: number | undefined
    if (this.needs) {
      const name = 'BatchSizeTest.update'
      if (!statistics) refuse(`${name}: statistics`, 'given for this step (see `needs`)', show(statistics), 'type')
      s = sizeFor(checkStatistics(statistics, `${name}: statistics`), this.#settings, name)
    }
    this.#steps++
    this.#suggested = s
    if (s !== undefined && s > this.#batchSize) this.#batchSize = Math.min(this.#max, Math.ceil(s))
    return this.#batchSize
  }

  /** Returns the state as plain JSON; the options are not part of it. */
  state(): BatchSizeTestState {
    return { batchSize: this.#batchSize, steps: this.#steps }
  }

  /**
   * Restores a saved state.
   *
   * @throws TypeError or RangeError, before anything changes, for a size above `max` or anything but a state.
   */
  load(state: BatchSizeTestState): void {
    const label = 'BatchSizeTest.load: state'
    if (typeof state !== 'object' || state === null) refuse(label, 'what state() returned', show(state), 'type')
    const batchSize = number(state.batchSize, `${label}.batchSize`, { integer: true, min: 1 })
    if (batchSize > this.#max) refuse(`${label}.batchSize`, `at most ${this.#max}`, `${batchSize}`)
    this.#steps = number(state.steps, `${label}.steps`, { integer: true, min: 0 })
    this.#batchSize = batchSize
    this.#suggested = undefined
  }
}
