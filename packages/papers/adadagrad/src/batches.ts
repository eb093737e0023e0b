import { number, permutation, Random, type RandomState, refuse, show } from '@opt/core'

/** A saved {@link Batches}. */
export interface BatchesState {
  order: number[]
  /** The number of examples of the order that have been drawn. */
  drawn: number
  random: RandomState
}

/**
 * Batches from a shuffled order, which is shuffled anew when fewer examples are left than the batch needs. A batch of
 * all examples has them in order.
 */
export class Batches {
  #random: Random
  readonly #order: Int32Array
  readonly #all: Int32Array
  #drawn: number

  constructor(count: number, random: Random) {
    this.#random = random
    this.#all = Int32Array.from({ length: count }, (_, i) => i)
    this.#order = this.#all.slice()
    this.#drawn = count
  }

  /** Returns the indices of the next batch: a view that holds until the next call. */
  draw(size: number): Int32Array {
    const { length } = this.#all
    if (size === length) return this.#all
    if (this.#drawn + size > length) {
      this.#random.shuffle(this.#order)
      this.#drawn = 0
    }
    return this.#order.subarray(this.#drawn, (this.#drawn += size))
  }

  state(): BatchesState {
    return { order: Array.from(this.#order), drawn: this.#drawn, random: this.#random.state() }
  }

  /** @throws TypeError or RangeError for anything but a state of as many examples. */
  load(state: BatchesState): void {
    const label = 'resume.batches'
    const { length } = this.#all
    if (typeof state !== 'object' || state === null) refuse(label, 'saved batches', show(state), 'type')
    const order = permutation(state.order, `${label}.order`, length)
    this.#drawn = number(state.drawn, `${label}.drawn`, { integer: true, min: 0, max: length })
    this.#random = new Random(state.random)
    this.#order.set(order)
  }
}
