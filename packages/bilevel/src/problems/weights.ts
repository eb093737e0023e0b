import { exp } from '@opt/core'
import type { Indices } from './examples.ts'

/** The weights sigmoid(x_i) of examples and their derivatives; those of all examples are kept until x changes. */
export class Weights {
  readonly #x: Float64Array
  readonly #all: { weights: Float64Array; slopes: Float64Array }
  #some = { weights: new Float64Array(0), slopes: new Float64Array(0) }

  constructor(examples: number) {
    // NaN equals nothing.
    this.#x = new Float64Array(examples).fill(NaN)
    this.#all = { weights: new Float64Array(examples), slopes: new Float64Array(examples) }
  }

  /** Returns the weights and their derivatives, one for each example of the batch. */
  at(x: Float64Array, batch: Indices | undefined): { weights: Float64Array; slopes: Float64Array } {
    if (batch) {
      if (this.#some.weights.length < batch.length)
        this.#some = { weights: new Float64Array(batch.length), slopes: new Float64Array(batch.length) }
      for (let k = 0; k < batch.length; k++) write(x[batch[k]], k, this.#some)
      return this.#some
    }
    for (let i = 0; i < x.length; i++) {
      if (x[i] === this.#x[i]) continue
      this.#x[i] = x[i]
      write(x[i], i, this.#all)
    }
    return this.#all
  }
}

function write(logit: number, k: number, out: { weights: Float64Array; slopes: Float64Array }): void {
  const e = exp(-Math.abs(logit))
  const rest = 1 / (1 + e)
  out.weights[k] = logit > 0 ? rest : e * rest
  out.slopes[k] = e * rest * rest
}
