import type { Random } from '@opt/core'

/** Draws rows of a matrix: all with the same probability, in proportion to weights, or in turn. */
export class RowSampling {
  /** How many rows have a positive weight. */
  count = 0
  readonly #sampling: 'uniform' | 'weighted' | 'cyclic'
  readonly #random: Random
  /** The rows of positive weight. */
  readonly #rows: Int32Array
  /** Sums of their weights. */
  readonly #sums: Float64Array
  #next = 0

  constructor(N: number, sampling: 'uniform' | 'weighted' | 'cyclic', random: Random) {
    this.#sampling = sampling
    this.#random = random
    this.#rows = new Int32Array(N)
    this.#sums = new Float64Array(N)
  }

  /** Takes new weights; 'cyclic' begins anew. */
  weigh(weight: (row: number) => number): void {
    this.count = 0
    this.#next = 0
    let sum = 0
    for (let i = 0; i < this.#rows.length; i++) {
      const value = weight(i)
      if (!(value > 0)) continue
      sum += value
      this.#rows[this.count] = i
      this.#sums[this.count++] = sum
    }
  }

  /** Draws a row. */
  draw(): number {
    const { count } = this
    if (this.#sampling === 'cyclic') return this.#rows[this.#next++ % count]
    if (this.#sampling === 'uniform') return this.#rows[Math.floor(this.#random.uniform() * count)]
    const sums = this.#sums
    const at = this.#random.uniform() * sums[count - 1]
    let [low, high] = [0, count - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle] > at) high = middle
      else low = middle + 1
    }
    return this.#rows[low]
  }
}
