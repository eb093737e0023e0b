import { permutation } from './arrays.ts'
import { number, refuse, show } from './errors.ts'
import { Random, type RandomState } from './random.ts'

/** Saved {@link Batches}: plain JSON. */
export interface BatchesState {
  order: number[]
  /** The number of examples of the order that have been drawn. */
  drawn: number
  random: RandomState
}

/**
 * Batches of examples from a shuffled order, which is shuffled anew when fewer examples are left than a batch needs. A
 * batch of all examples has them in order.
 */
export class Batches {
  readonly #order: Int32Array
  readonly #all: Int32Array
  #random: Random
  #drawn: number

  /** @throws TypeError or RangeError unless `count` is a positive integer and `random` a generator. */
  constructor(count: number, random: Random) {
    number(count, 'Batches: count', { integer: true, min: 1 })
    if (!(random instanceof Random)) refuse('Batches: random', 'a Random', show(random), 'type')
    this.#all = Int32Array.from({ length: count }, (_, i) => i)
    this.#order = this.#all.slice()
    this.#random = random
    this.#drawn = count
  }

  /** Returns the indices of the next batch: a view that holds until the next call. */
  draw(size: number): Int32Array {
    const { length } = this.#all
    number(size, 'Batches.draw: size', { integer: true, min: 1, max: length })
    if (size === length) return this.#all
    if (this.#drawn + size > length) {
      this.#random.shuffle(this.#order)
      this.#drawn = 0
    }
    return this.#order.subarray(this.#drawn, (this.#drawn += size))
  }

  /** Returns the indices that {@link draw} of this size returned last, for instance before a state was saved. */
  last(size: number): Int32Array {
    const { length } = this.#all
    number(size, 'Batches.last: size', { integer: true, min: 1, max: length })
    if (size === length) return this.#all
    if (size > this.#drawn) refuse('Batches.last: size', `at most the ${this.#drawn} examples drawn`, `${size}`)
    return this.#order.subarray(this.#drawn - size, this.#drawn)
  }

  /** Returns the state; the numbers of examples drawn later have the same bits. */
  state(): BatchesState {
    return { order: Array.from(this.#order), drawn: this.#drawn, random: this.#random.state() }
  }

  /**
   * Restores a saved state.
   *
   * @param label its name in messages, such as 'resume.batches'.
   * @throws TypeError or RangeError, before anything changes, for anything but a state of as many examples.
   */
  load(state: BatchesState, label = 'Batches.load: state'): void {
    const { length } = this.#all
    if (typeof state !== 'object' || state === null) refuse(label, 'saved batches', show(state), 'type')
    const order = permutation(state.order, `${label}.order`, length)
    const drawn = number(state.drawn, `${label}.drawn`, { integer: true, min: 0, max: length })
    this.#random = new Random(state.random)
    this.#drawn = drawn
    this.#order.set(order)
  }
}
