import { number, refuse, show, type VectorLike } from '@opt/core'
import { flagsOf, listOf } from './intake.ts'

/** What {@link ForgettingTracker.state} saves: plain JSON. */
export interface ForgettingState {
  updates: number
  events: number[]
  /** Number of the update in which the example was first right; -1: not yet. */
  firstLearned: number[]
  visits: number[]
  /** Whether the example was right when last seen. */
  right: number[]
}

/** Marks of updates are integers of 32 bits. */
const MOST_UPDATES = 2147483646

/** Refuses what no updates can have made of example i. */
function checkHistory(
  { updates, visits, firstLearned, right, events }: ForgettingState,
  i: number,
  label: string,
): void {
  const among = (value: number, what: string, min: number, max: number) =>
    number(value, `${label}.${what}[${i}]`, { integer: true, min, max })
  among(visits[i], 'visits', 0, updates)
  among(firstLearned[i], 'firstLearned', -1, visits[i] > 0 ? updates - 1 : -1)
  among(right[i], 'right', 0, firstLearned[i] < 0 ? 0 : 1)
  // Each event takes a visit that was right and a later one that was not.
  among(events[i], 'events', 0, firstLearned[i] < 0 ? 0 : Math.floor((visits[i] - right[i]) / 2))
  if (firstLearned[i] >= 0 && right[i] === 0 && events[i] === 0)
    refuse(`${label}.events[${i}]`, 'at least 1 where what was learned is wrong', '0')
}

/**
 * Forgetting events (Toneva et al., ICLR 2019): how often an example that was right when last seen is wrong now.
 * Told of each batch before its step. A first visit that is wrong is no forgetting.
 */
export class ForgettingTracker {
  #updates = 0
  readonly #events: Int32Array
  readonly #firstLearned: Int32Array
  readonly #visits: Int32Array
  readonly #right: Uint8Array
  /** Marks examples seen in the present update. */
  readonly #seen: Int32Array

  /** @param n how many examples there are */
  constructor(n: number) {
    number(n, 'ForgettingTracker: n', { integer: true, min: 0 })
    this.#events = new Int32Array(n)
    this.#firstLearned = new Int32Array(n).fill(-1)
    this.#visits = new Int32Array(n)
    this.#right = new Uint8Array(n)
    this.#seen = new Int32Array(n)
  }

  /**
   * Takes one batch.
   *
   * @param correct for each index, whether the network was right (1 or true) or wrong
   * @throws RangeError, before anything changes, for an index that is out of range or stands twice, or what is neither right nor wrong
   */
  update(given: VectorLike, correct: ArrayLike<number | boolean>): void {
    const n = this.#events.length
    const indices = listOf(given, 'ForgettingTracker.update: indices')
    const right = flagsOf(correct, indices.length, 'ForgettingTracker.update: correct')
    const mark = this.#updates + 1
    try {
      for (let b = 0; b < indices.length; b++) {
        const i = indices[b]
        if (!(i >= 0 && i < n && Number.isInteger(i)))
          refuse(`ForgettingTracker.update: indices[${b}]`, `an integer from 0 to ${n - 1}`, show(i))
        if (this.#seen[i] === mark)
          refuse(`ForgettingTracker.update: indices[${b}]`, 'in the batch only once', `${i} again`)
        this.#seen[i] = mark
      }
    } catch (error) {
      for (let i = 0; i < n; i++) if (this.#seen[i] === mark) this.#seen[i] = 0
      throw error
    }
    for (let b = 0; b < indices.length; b++) {
      const i = indices[b]
      const now = right[b] ? 1 : 0
      if (this.#right[i] > now) this.#events[i]++
      if (now && this.#firstLearned[i] < 0) this.#firstLearned[i] = this.#updates
      this.#right[i] = now
      this.#visits[i]++
    }
    this.#updates++
  }

  /** The number of events of each example; Infinity for one that was never right so far. */
  scores(): Float64Array {
    return Float64Array.from(this.#events, (count, i) => (this.#firstLearned[i] < 0 ? Infinity : count))
  }

  /** The number of events of each example, learned or not. */
  get events(): Int32Array {
    return this.#events.slice()
  }

  /** The update in which each example was first right, from 0; -1: not yet. */
  get firstLearned(): Int32Array {
    return this.#firstLearned.slice()
  }

  get visits(): Int32Array {
    return this.#visits.slice()
  }

  /** Examples that were learned and never forgotten. */
  unforgettable(): Int32Array {
    return this.#where((i) => this.#firstLearned[i] >= 0 && this.#events[i] === 0)
  }

  /** Examples that were never right. */
  neverLearned(): Int32Array {
    return this.#where((i) => this.#firstLearned[i] < 0)
  }

  #where(holds: (i: number) => boolean): Int32Array {
    return Int32Array.from(this.#events.keys()).filter(holds)
  }

  state(): ForgettingState {
    return {
      updates: this.#updates,
      events: Array.from(this.#events),
      firstLearned: Array.from(this.#firstLearned),
      visits: Array.from(this.#visits),
      right: Array.from(this.#right),
    }
  }

  /** @throws TypeError or RangeError, before anything changes, for what is no state of so many examples. */
  load(state: ForgettingState): void {
    const label = 'ForgettingTracker.load: state'
    const updates = number(state?.updates, `${label}.updates`, { integer: true, min: 0, max: MOST_UPDATES })
    const kinds = ['events', 'firstLearned', 'visits', 'right'] as const
    for (const kind of kinds) {
      const given = state[kind]
      if (given?.length !== this.#events.length)
        refuse(`${label}.${kind}`, `of length ${this.#events.length}`, `length ${given?.length}`)
    }
    for (let i = 0; i < this.#events.length; i++) checkHistory(state, i, label)
    this.#updates = updates
    this.#events.set(state.events)
    this.#firstLearned.set(state.firstLearned)
    this.#visits.set(state.visits)
    this.#right.set(state.right)
    this.#seen.fill(0)
  }
}
