import { number, refuse, show, type VectorLike } from '@opt/core'
import { checkFlags, checkList } from '../intake.ts'

/** What {@link ForgettingTracker.state} saves: plain JSON, each array with a number for each example. */
export interface ForgettingState {
  /** The number of updates. */
  updates: number
  /** Forgetting events. */
  events: number[]
  /** The update, from 0, in which the network was first right; -1 if it never was. */
  firstLearned: number[]
  /** Batches that contained the example. */
  visits: number[]
  /** 1 if the network was right at the last visit, otherwise 0. */
  right: number[]
}

/** The numbers of updates are 32-bit integers. */
const MOST_UPDATES = 2147483646

/** Refuses a history of example i that no sequence of updates can produce. */
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
  // Each event needs a visit at which the network was right and a later one at which it was wrong.
  among(events[i], 'events', 0, firstLearned[i] < 0 ? 0 : Math.floor((visits[i] - right[i]) / 2))
  if (firstLearned[i] >= 0 && right[i] === 0 && events[i] === 0)
    refuse(`${label}.events[${i}]`, 'at least 1 for an example that was learned and is wrong now', '0')
}

/**
 * Counts forgetting events (Toneva et al., ICLR 2019): the number of times that the network was
 * right about an example at one visit and wrong at the next. Call {@link update} with each batch,
 * before the step on it.
 */
export class ForgettingTracker {
  #updates = 0
  readonly #events: Int32Array
  readonly #firstLearned: Int32Array
  readonly #visits: Int32Array
  readonly #right: Uint8Array
  /** The number, from 1, of the last update that contained the example: finds repeated indices. */
  readonly #seen: Int32Array

  /** @param n number of examples. */
  constructor(n: number) {
    number(n, 'ForgettingTracker: n', { integer: true, min: 0 })
    this.#events = new Int32Array(n)
    this.#firstLearned = new Int32Array(n).fill(-1)
    this.#visits = new Int32Array(n)
    this.#right = new Uint8Array(n)
    this.#seen = new Int32Array(n)
  }

  /**
   * Records one batch.
   *
   * @param given indices of its examples.
   * @param correct for each of them, 1 or true if the network was right, 0 or false if not; see
   *   {@link correct}.
   * @throws TypeError or RangeError, before anything changes, for an index that is out of range or
   *   repeated, or any other flag.
   */
  update(given: VectorLike, correct: ArrayLike<number | boolean>): void {
    const n = this.#events.length
    const indices = checkList(given, 'ForgettingTracker.update: indices')
    const right = checkFlags(correct, indices.length, 'ForgettingTracker.update: correct')
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

  /** Returns the number of events of each example; Infinity for those never learned. */
  scores(): Float64Array {
    return Float64Array.from(this.#events, (count, i) => (this.#firstLearned[i] < 0 ? Infinity : count))
  }

  /** The number of events of each example, 0 for those never learned. */
  get events(): Int32Array {
    return this.#events.slice()
  }

  /**
   * The update, from 0, in which the network was first right about each example; -1 for those never
   * learned.
   */
  get firstLearned(): Int32Array {
    return this.#firstLearned.slice()
  }

  /** The number of batches that contained each example. */
  get visits(): Int32Array {
    return this.#visits.slice()
  }

  /** Returns the examples that were learned and never forgotten. */
  unforgettable(): Int32Array {
    return this.#where((i) => this.#firstLearned[i] >= 0 && this.#events[i] === 0)
  }

  /** Returns the examples about which the network was never right. */
  neverLearned(): Int32Array {
    return this.#where((i) => this.#firstLearned[i] < 0)
  }

  #where(holds: (i: number) => boolean): Int32Array {
    return Int32Array.from(this.#events.keys()).filter(holds)
  }

  /** Returns all that {@link load} needs to go on from here. */
  state(): ForgettingState {
    return {
      updates: this.#updates,
      events: Array.from(this.#events),
      firstLearned: Array.from(this.#firstLearned),
      visits: Array.from(this.#visits),
      right: Array.from(this.#right),
    }
  }

  /**
   * Restores a saved state.
   *
   * @throws TypeError or RangeError, before anything changes, for a state of another number of
   *   examples or an impossible one.
   */
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
