import { number, permutation, Random, type RandomState, refuse, show } from '@opt/core'

/** Saved {@link Batches}. */
export interface BatchesState {
  order: number[]
  /** The number of examples of the order that have been drawn. */
  drawn: number
  random: RandomState
}

/**
 * Batches of one size from a shuffled order, which is shuffled anew when fewer examples are left. A batch of all
 * examples has them in order.
 */
export class Batches {
  readonly size: number
  readonly #order: Int32Array
  #random: Random
  #drawn: number

  constructor(count: number, size: number, random: Random) {
    this.size = size
    this.#order = Int32Array.from({ length: count }, (_, i) => i)
    this.#random = random
    this.#drawn = count
  }

  /** Goes on to the next batch. */
  next(): void {
    const { length } = this.#order
    if (this.size === length) return
    if (this.#drawn + this.size > length) {
      this.#random.shuffle(this.#order)
      this.#drawn = 0
    }
    this.#drawn += this.size
  }

  /** The indices of the present batch. */
  get current(): Int32Array {
    return this.#order.subarray(this.#drawn - this.size, this.#drawn)
  }

  state(): BatchesState {
    return { order: Array.from(this.#order), drawn: this.#drawn, random: this.#random.state() }
  }

  /** @throws TypeError or RangeError for anything but a state of as many examples. */
  load(state: BatchesState, label: string): void {
    const { length } = this.#order
    if (typeof state !== 'object' || state === null) refuse(label, 'saved batches', show(state), 'type')
    const order = permutation(state.order, `${label}.order`, length)
    this.#drawn = number(state.drawn, `${label}.drawn`, { integer: true, min: this.size, max: length })
    this.#random = new Random(state.random)
    this.#order.set(order)
  }
}
