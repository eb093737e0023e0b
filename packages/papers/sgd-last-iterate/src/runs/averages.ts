/** The means of all points x^1 .. x^T and of the last half of them, kept as sums. */
export class Averages {
  /** The sums, by name. */
  readonly arrays: { sum: Float64Array; halfSum: Float64Array }
  readonly #from: number

  /** @param steps T: the half starts after step floor(T / 2). */
  constructor(dimension: number, steps: number) {
    this.arrays = { sum: new Float64Array(dimension), halfSum: new Float64Array(dimension) }
    this.#from = Math.floor(steps / 2)
  }

  /** Adds x^t. */
  add(t: number, x: Float64Array): void {
    const { sum, halfSum } = this.arrays
    for (let i = 0; i < x.length; i++) sum[i] += x[i]
    if (t > this.#from) for (let i = 0; i < x.length; i++) halfSum[i] += x[i]
  }

  /** The means after t > 0 steps; until the last half begins, it counts as all of them. */
  answer(t: number): { average: Float64Array; halfAverage: Float64Array } {
    const { sum, halfSum } = this.arrays
    const late = t - this.#from
    const average = sum.map((v) => v / t)
    return { average, halfAverage: late > 0 ? halfSum.map((v) => v / late) : average.slice() }
  }
}
