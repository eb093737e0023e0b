import { decodeFloats, encodeFloats, number, oneOf, options as optionsOf, refuse, show, vector } from '@opt/core'
import { type Gradients, type Leaf, leavesOf } from './gradients.ts'
import { absoluteSum, euclideanNorm, weightedSum } from './norms.ts'

/** The norms that a {@link NormRecorder} knows. */
export type NormName = 'l2' | 'l1' | 'weighted-l1'

/** Options of a {@link NormRecorder}. */
export interface NormRecorderOptions {
  /**
   * 'l2' (default) is the Euclidean norm, for SGD and `power: 2`. 'l1' is the sum of |g_i|, and 'weighted-l1' the sum of
   * g_i^2 / (sqrt(v_i) + epsilon), v Adam's second moment; both are for Adam and its kin, and `power: 1`.
   */
  norm?: NormName | undefined
  /** For 'weighted-l1': the decay rate of the second moment that the recorder keeps, in [0, 1). Default 0.999. */
  beta2?: number | undefined
  /** For 'weighted-l1': Adam's epsilon, positive. Default 1e-8. */
  epsilon?: number | undefined
}

/** The saved state of a {@link NormRecorder}: plain JSON. */
export interface NormRecorderState {
  norm: NormName
  length: number
  /** The norms, as base64. */
  norms: string
  /** For 'weighted-l1': the second moment of each gradient by its place, as base64, and beta2 to its number of steps. */
  moments: { path: string; length: number; values: string; decay: number }[]
}

/** Anything with the `step` of an optimizer of @opt. */
export interface Steps {
  step(...gradients: never[]): unknown
}

interface Moment {
  v: Float64Array
  /** beta2^t. */
  decay: number
}

/** Logs the gradient norm of each step of a training run, for {@link refineSchedule}. */
export class NormRecorder {
  readonly #norm: NormName
  readonly #beta2: number
  readonly #epsilon: number
  #norms = new Float64Array(64)
  #length = 0
  #moments = new Map<string, Moment>()

  /** @throws TypeError or RangeError when an option is wrong. */
  constructor(options: NormRecorderOptions = {}) {
    const {
      norm = 'l2',
      beta2 = 0.999,
      epsilon = 1e-8,
    } = optionsOf(options, 'NormRecorder: options', ['norm', 'beta2', 'epsilon'])
    this.#norm = oneOf(norm, 'NormRecorder: norm', ['l2', 'l1', 'weighted-l1'])
    this.#beta2 = number(beta2, 'NormRecorder: beta2', { min: 0, max: 1 - 2e-16 })
    this.#epsilon = number(epsilon, 'NormRecorder: epsilon', { positive: true })
  }

  /** The norms so far, one for each step: a copy. */
  get norms(): Float64Array {
    return this.#norms.slice(0, this.#length)
  }

  /** The number of norms so far. */
  get length(): number {
    return this.#length
  }

  /**
   * Records the gradients of a step, before any clipping.
   *
   * @param gradients one array, a list or a record by name, in the structure that the optimizer gets; not changed.
   * @param secondMoment for 'weighted-l1': Adam's v after its update, in the same structure. Default: the recorder's
   *   own, v = beta2 v + (1 - beta2) g^2 divided by 1 - beta2^t.
   * @returns the norm.
   * @throws TypeError or RangeError that names a wrong entry, or when the norm exceeds float64; nothing is recorded then.
   */
  record(gradients: Gradients, secondMoment?: Gradients): number {
    const leaves = leavesOf(gradients, 'NormRecorder.record: gradients')
    if (secondMoment !== undefined && this.#norm !== 'weighted-l1')
      refuse('NormRecorder.record: secondMoment', `left out for the norm '${this.#norm}'`, show(secondMoment), 'type')
    const arrays = leaves.map(({ data }) => data)
    const value =
      this.#norm === 'l2'
        ? euclideanNorm(arrays)
        : this.#norm === 'l1'
          ? absoluteSum(arrays)
          : this.#weighted(leaves, secondMoment)
    if (!Number.isFinite(value)) {
      for (const { path, data } of leaves) vector(data, `NormRecorder.record: gradients${path}`)
      refuse('NormRecorder.record: gradients', 'of finite norm', `norm ${value}`)
    }
    if (this.#length === this.#norms.length) {
      const larger = new Float64Array(2 * this.#length)
      larger.set(this.#norms)
      this.#norms = larger
    }
    this.#norms[this.#length++] = value
    return value
  }

  /**
   * Makes an optimizer record its gradients after each step, by replacing its method `step`; returns the optimizer. So
   * training loops that call `step` themselves are recorded: `train` of @opt/nn, `optax` of @opt/jax, TfOptimizer of
   * @opt/tfjs.
   *
   * @throws TypeError when it has no method `step`, or it is frozen.
   */
  watch<O extends Steps>(optimizer: O): O {
    if (typeof optimizer?.step !== 'function')
      refuse('NormRecorder.watch: optimizer', 'an object with a method step', show(optimizer), 'type')
    const step = optimizer.step.bind(optimizer) as (...gradients: unknown[]) => unknown
    const recorded = (...gradients: unknown[]) => {
      const answer = step(...gradients)
      this.record(gradients[0] as Gradients)
      return answer
    }
    if (!Reflect.set(optimizer, 'step', recorded))
      refuse('NormRecorder.watch: optimizer', 'an object whose step can be replaced', 'a frozen one', 'type')
    return optimizer
  }

  /** Returns the state as plain JSON. */
  state(): NormRecorderState {
    const moments = [...this.#moments].map(([path, { v, decay }]) => ({
      path,
      length: v.length,
      values: encodeFloats(v),
      decay,
    }))
    return { norm: this.#norm, length: this.#length, norms: encodeFloats(this.norms), moments }
  }

  /**
   * Continues from a saved state, to the same bits.
   *
   * @throws TypeError or RangeError when it is not the state of a recorder of this norm; nothing has changed then.
   */
  load(state: NormRecorderState): void {
    const { norm, length, norms, moments } = optionsOf(state, 'NormRecorder.load: state')
    if (norm !== this.#norm) refuse('NormRecorder.load: state.norm', `'${this.#norm}'`, show(norm))
    number(length, 'NormRecorder.load: state.length', { integer: true, min: 0, max: 1e8 })
    const read = (text: unknown, n: number, label: string) => {
      const values = decodeFloats(text, Float64Array, n, label)
      return n === 0 ? values : vector(values, label, { sign: 'nonnegative' })
    }
    const loaded = read(norms, length, 'NormRecorder.load: state.norms')
    if (!Array.isArray(moments)) refuse('NormRecorder.load: state.moments', 'an array', show(moments), 'type')
    const pairs = Array.from(moments, (moment, k): [string, Moment] => {
      const label = `NormRecorder.load: state.moments[${k}]`
      const { path, length: size, values, decay } = optionsOf(moment, label)
      if (typeof path !== 'string') refuse(`${label}.path`, 'a text', show(path), 'type')
      number(size, `${label}.length`, { integer: true, min: 1, max: 1e9 })
      number(decay, `${label}.decay`, { min: 0, max: 1 })
      return [path, { v: read(values, size, `${label}.values`), decay }]
    })
    this.#norms = new Float64Array(Math.max(64, length))
    this.#norms.set(loaded)
    this.#length = length
    this.#moments = new Map(pairs)
  }

  /** Returns sum_i g_i^2 / (sqrt(v_i) + epsilon), and updates the recorder's own v if the sum is finite. */
  #weighted(leaves: Leaf[], secondMoment: Gradients | undefined): number {
    const label = 'NormRecorder.record: secondMoment'
    if (secondMoment !== undefined) {
      const given = leavesOf(secondMoment, label)
      if (given.length !== leaves.length)
        refuse(label, `of ${leaves.length} arrays, one for each gradient`, `${given.length}`)
      return leaves.reduce((sum, { data }, k) => {
        const v = vector(given[k].data, label + given[k].path, { sign: 'nonnegative', length: data.length })
        return sum + weightedSum(data, v, { beta2: 1, correction: 1, epsilon: this.#epsilon })
      }, 0)
    }
    const beta2 = this.#beta2
    let sum = 0
    for (const { path, data } of leaves) {
      const { v, decay } = this.#momentOf(path, data.length)
      sum += weightedSum(data, v, { beta2, correction: 1 - beta2 * decay, epsilon: this.#epsilon })
    }
    if (!Number.isFinite(sum)) return sum
    for (const { path, data } of leaves) {
      const moment = this.#momentOf(path, data.length)
      const { v } = moment
      for (let i = 0; i < v.length; i++) v[i] = beta2 * v[i] + (1 - beta2) * (data[i] * data[i])
      moment.decay *= beta2
      this.#moments.set(path, moment)
    }
    return sum
  }

  #momentOf(path: string, length: number): Moment {
    const moment = this.#moments.get(path) ?? { v: new Float64Array(length), decay: 1 }
    if (moment.v.length !== length)
      refuse(`NormRecorder.record: gradients${path}`, `of length ${moment.v.length} as before`, `length ${length}`)
    return moment
  }
}
