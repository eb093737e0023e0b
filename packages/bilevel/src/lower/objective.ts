import { checkedValue, type LowerLevel } from '../problem.ts'

/** The lower level as a function of y alone, at a fixed x and batch. */
export class LowerObjective {
  readonly #lower: LowerLevel<unknown>
  readonly #x: Float64Array
  readonly #batch: unknown
  readonly #outX: Float64Array
  evaluations = 0
  products = 0

  constructor(lower: LowerLevel<unknown>, x: Float64Array, batch: unknown) {
    this.#lower = lower
    this.#x = x
    this.#batch = batch
    this.#outX = new Float64Array(x.length)
  }

  /** Returns the value and writes the gradient in y. */
  evaluate(y: Float64Array, gy: Float64Array): number {
    this.evaluations++
    this.#lower.gradient(this.#x, y, this.#outX, gy, this.#batch)
    return checkedValue(this.#lower.value(this.#x, y, this.#batch), 'lower.value')
  }

  /** Writes out = (d2g/dydy) v. */
  multiply(y: Float64Array, v: Float64Array, out: Float64Array): void {
    this.products++
    this.#lower.hvp!(this.#x, y, v, this.#outX, out, this.#batch)
  }
}
