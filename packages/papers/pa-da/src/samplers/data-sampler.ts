import { calling, number, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'
import { checkDistribution, checkTau, cumulated, drawEach, half, mixed, type Uniforms, uniformsOf } from './draw.ts'

/** Options of a {@link DataSampler}. */
export interface DataSamplerOptions {
  /** tau is cut off here. Default 1. */
  tauMax?: number | undefined
}

/** A saved {@link DataSampler}: plain JSON. */
export interface DataSamplerState {
  averages: number[]
  probabilities: number[]
}

/** Samples examples by the running means of their gradient norms: p = tau norms / sum + (1 - tau) / N. */
export class DataSampler {
  readonly count: number
  readonly tauMax: number
  #averages: Float64Array
  #probabilities: Float64Array

  /** @throws TypeError or RangeError for a count or option that is wrong. */
  constructor(count: number, options?: DataSamplerOptions) {
    const given = calling('DataSampler', () => {
      const { tauMax = 1 } = optionsOf(options, 'options', ['tauMax'])
      number(count, 'count', { integer: true, min: 1, max: 2147483647 })
      return number(tauMax, 'tauMax', { min: 0, max: 1 })
    })
    this.count = count
    this.tauMax = given
    this.#averages = new Float64Array(count)
    this.#probabilities = new Float64Array(count).fill(1 / count)
  }

  /** The probabilities of the examples; a copy. */
  get probabilities(): Float64Array {
    return this.#probabilities.slice()
  }

  /** The running means of the norms since the last {@link endEpoch}; a copy. */
  get averages(): Float64Array {
    return this.#averages.slice()
  }

  /** Takes gradient norms, or their indicators |p - y|, of some examples. */
  record(indices: ArrayLike<number>, norms: VectorLike): void {
    calling('DataSampler.record', () => {
      if (!(Array.isArray(indices) || ArrayBuffer.isView(indices)))
        refuse('indices', 'an array of indices', show(indices), 'type')
      const values = vector(norms, 'norms', { length: indices.length, sign: 'nonnegative' })
      for (let k = 0; k < indices.length; k++)
        if (!(Number.isInteger(indices[k]) && indices[k] >= 0 && indices[k] < this.count))
          number(indices[k], `indices[${k}]`, { integer: true, min: 0, max: this.count - 1 })
      for (let k = 0; k < indices.length; k++) {
        const i = indices[k]
        this.#averages[i] = this.#averages[i] === 0 ? values[k] : half(this.#averages[i], values[k])
      }
    })
  }

  /** Sets the probabilities from the means and starts new ones; without any positive norm they stay. */
  endEpoch(tau: number): void {
    calling('DataSampler.endEpoch', () => {
      this.#probabilities = mixed(this.#averages, checkTau(tau, this.tauMax)) ?? this.#probabilities
      this.#averages.fill(0)
    })
  }

  /** Draws `size` examples with replacement, one uniform number each; default as many as there are. */
  draw(source: Uniforms, size: number = this.count): Int32Array {
    return calling('DataSampler.draw', () => {
      number(size, 'size', { integer: true, min: 1, max: 2147483647 })
      return drawEach(cumulated(this.#probabilities), uniformsOf(source, size, 'source'))
    })
  }

  /**
   * Returns the importance weight of an example: 1 / (N p_i).
   *
   * @throws RangeError for an example of probability 0.
   */
  weight(i: number): number {
    return calling('DataSampler.weight', () => {
      number(i, 'i', { integer: true, min: 0, max: this.count - 1 })
      const p = this.#probabilities[i]
      if (p === 0) refuse(`example ${i}`, 'of positive probability (its weight would be infinite)', '0')
      return 1 / (this.count * p)
    })
  }

  /** Returns the state, which loads again to the same bits. */
  state(): DataSamplerState {
    return { averages: Array.from(this.#averages), probabilities: Array.from(this.#probabilities) }
  }

  /** Restores a state. @throws TypeError or RangeError, before anything changes, for that of other examples. */
  load(state: DataSamplerState): void {
    calling('DataSampler.load', () => {
      const given = optionsOf(state, 'state')
      const rule = { length: this.count, sign: 'nonnegative' } as const
      const averages = vector(given.averages, 'state.averages', rule).slice()
      const probabilities = vector(given.probabilities, 'state.probabilities', rule).slice()
      checkDistribution(probabilities, 'state.probabilities')
      this.#averages = averages
      this.#probabilities = probabilities
    })
  }
}
