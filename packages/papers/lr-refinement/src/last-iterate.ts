import {
  decodeFloats,
  encodeFloats,
  norm,
  number,
  options as optionsOf,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import { finite } from './weights.ts'

/** A learner of linear losses: it plays a point, then sees a gradient. Those of @opt/sea-omd are such learners. */
export interface OnlineLearner {
  /** Returns the point z_t that it plays. */
  predict(): VectorLike
  /** Learns from the gradient of the loss that its point met; the array is used again. */
  update(gradient: Float64Array): void
}

/** The saved state of a {@link LastIterate}: plain JSON. That of its learner is saved apart. */
export interface LastIterateState {
  step: number
  regret: number
  /** x_1, the current x and z, and the weighted sum of the gradients, as base64. */
  arrays: string[]
}

/**
 * Turns any online learner into a method whose last iterate is good, without averaging: the learner sees the weighted
 * gradients w_t g_t at x_t, and the iterates follow its points z_t by x_1 = z_1 and
 * x_{t+1} = x_t + (w_{t+1:T} / w_{1:T}) (z_{t+1} - z_t). For convex f, subgradients g_t at x_t and every u,
 * f(x_T) - f(u) <= sum_t w_t <g_t, z_t - u> / w_{1:T}: the learner's regret (in expectation, if g_t is unbiased).
 *
 * With z_{t+1} = z_t - w_t g_t it is SGD with the learning rates `stepsFromWeights(weights)`.
 */
export class LastIterate {
  readonly #learner: OnlineLearner
  /** w_t, and w_{t:T} for t = 1, ..., T + 1, in units of the largest weight. */
  readonly #weights: Float64Array
  readonly #tails: Float64Array
  readonly #largest: number
  readonly #x1: Float64Array
  readonly #x: Float64Array
  readonly #z: Float64Array
  readonly #sum: Float64Array
  readonly #weighted: Float64Array
  /** sum_t w_t <g_t, z_t - x_1>, and {@link #sum} is sum_t w_t g_t; both in units of the largest weight. */
  #regret = 0
  #step = 0

  /**
   * @param learner must be at its first point.
   * @param weights w_1, ..., w_T, positive; not changed.
   * @throws TypeError or RangeError when an argument is wrong.
   */
  constructor(learner: OnlineLearner, weights: VectorLike) {
    if (typeof learner?.predict !== 'function' || typeof learner?.update !== 'function')
      refuse('LastIterate: learner', 'an object with predict() and update(gradient)', show(learner), 'type')
    const w = vector(weights, 'LastIterate: weights', { sign: 'positive' })
    this.#learner = learner
    this.#largest = w.reduce((a, b) => Math.max(a, b))
    this.#weights = w.map((v) => v / this.#largest)
    this.#tails = new Float64Array(w.length + 1)
    for (let t = w.length - 1; t >= 0; t--) this.#tails[t] = this.#tails[t + 1] + this.#weights[t]
    this.#x1 = Float64Array.from(vector(learner.predict(), 'LastIterate: learner.predict()'))
    this.#x = this.#x1.slice()
    this.#z = this.#x1.slice()
    this.#sum = new Float64Array(this.#x.length)
    this.#weighted = new Float64Array(this.#x.length)
  }

  /** x_t, and x_T after the last gradient: the same array each time, changed by {@link update}. */
  get x(): Float64Array {
    return this.#x
  }

  /** The number of gradients seen. */
  get step(): number {
    return this.#step
  }

  /**
   * Learns from a subgradient at {@link x}, and moves there to x_{t+1}. The T-th gradient moves nothing.
   *
   * @throws TypeError or RangeError when the gradient is wrong or the T gradients have been seen; nothing has changed
   *   then.
   */
  update(gradient: VectorLike): void {
    const t = this.#step
    const T = this.#weights.length
    if (t === T) refuse('LastIterate.update: step', `one of the ${T} that have a weight`, `step ${t + 1}`)
    const g = vector(gradient, 'LastIterate.update: gradient', { length: this.#x.length })
    const w = this.#weights[t]
    for (let i = 0; i < g.length; i++) {
      this.#weighted[i] = w * this.#largest * g[i]
      finite(Math.abs(this.#weighted[i]), `LastIterate.update: gradient[${i}]`)
    }
    this.#learner.update(this.#weighted)
    const next = vector(this.#learner.predict(), 'LastIterate.update: learner.predict()', { length: g.length })
    const share = this.#tails[t + 1] / this.#tails[0]
    for (let i = 0; i < g.length; i++) {
      this.#regret += w * g[i] * (this.#z[i] - this.#x1[i])
      this.#sum[i] += w * g[i]
      this.#x[i] += share * (next[i] - this.#z[i])
      this.#z[i] = next[i]
    }
    this.#step++
  }

  /**
   * Returns an upper bound on f(x_T) - f(u) for every u within a distance of x_1, computed from the gradients seen:
   * (sum_t w_t <g_t, z_t - x_1> + D |sum_t w_t g_t|) / w_{1:T}; Infinity before the T-th gradient.
   *
   * @throws TypeError or RangeError when the distance is negative.
   */
  certificate(distance: number): number {
    number(distance, 'LastIterate.certificate: distance', { nonnegative: true })
    if (this.#step < this.#weights.length) return Infinity
    return finite((this.#regret + distance * norm(this.#sum)) / this.#tails[0], 'LastIterate.certificate: distance')
  }

  /** Returns the state as plain JSON. */
  state(): LastIterateState {
    const arrays = [this.#x1, this.#x, this.#z, this.#sum].map(encodeFloats)
    return { step: this.#step, regret: this.#regret, arrays }
  }

  /**
   * Continues from a saved state to the same bits; the learner must be at the state that it had then.
   *
   * @throws TypeError or RangeError when the state is not one of a run of this size; nothing has changed then.
   */
  load(state: LastIterateState): void {
    const { step, regret, arrays } = optionsOf(state, 'LastIterate.load: state')
    number(step, 'LastIterate.load: state.step', { integer: true, min: 0, max: this.#weights.length })
    number(regret, 'LastIterate.load: state.regret')
    const own = [this.#x1, this.#x, this.#z, this.#sum]
    if (!Array.isArray(arrays) || arrays.length !== own.length)
      refuse('LastIterate.load: state.arrays', `an array of length ${own.length}`, show(arrays), 'type')
    const loaded = Array.from(arrays, (text, k) => {
      const label = `LastIterate.load: state.arrays[${k}]`
      return vector(decodeFloats(text, Float64Array, own[k].length, label), label)
    })
    own.forEach((array, k) => {
      array.set(loaded[k])
    })
    this.#step = step
    this.#regret = regret
  }
}
