import { encodeFloats, number, options as optionsOf, refuse, show, sigmoid, softplus } from '@opt/core'
import { isExact, largest } from '@opt/sets/parts'
import type { Learner } from './learner.ts'
import { checkCount, decode, type LearnerState } from './state.ts'

/** One example: indices from 0, none twice, as libsvmLine of @opt/datasets reads them. */
export interface Example {
  /** -1 or +1; 0 counts as -1. */
  label: number
  indices: ArrayLike<number>
  values: ArrayLike<number>
}

/** Options of {@link logisticStream}. */
export interface LogisticStreamOptions {
  /** Its domain has one more dimension than there are features: the last weight is the intercept. */
  learner: Learner
  /** Features and the constant 1 are multiplied by this; 'unit' (the default) makes each example's length 1. */
  scale?: number | 'unit'
}

/** What {@link LogisticStream.state} saves. */
export interface StreamState {
  examples: number
  errors: number
  /** Base64 of the total loss's bytes. */
  total: string
  learner: LearnerState
}

/** Logistic regression on examples as they come: each is judged, then learned from (progressive validation). */
export interface LogisticStream {
  readonly learner: Learner
  readonly examples: number
  /** sum ln(1 + exp(-y z'x)) at the weights before each example. */
  readonly total: number
  /** The number of examples whose sign was wrong; a margin of 0 predicts -1. */
  readonly errors: number
  /**
   * Judges an example, then learns from it.
   *
   * @returns its margin z'x before the update.
   * @throws RangeError when the label is not -1, 0 or +1, an index is none of the features or stands twice, or
   * the margin overflows; nothing has then changed.
   */
  see(example: Example): number
  /**
   * Judges an example without learning from it: it counts in `examples`, `total` and `errors`.
   *
   * @returns its margin z'x.
   * @throws as {@link see}.
   */
  judge(example: Example): number
  /** Returns the state of the stream and its learner. */
  state(): StreamState
  /** @throws when the state does not come from a stream like this; nothing has then changed. */
  load(state: StreamState): void
}

/**
 * Logistic regression on a stream.
 *
 * With examples of length at most 1 the losses have G = 1 and L = 1/4, and are exp(-R)-exp-concave on the ball of
 * radius R.
 *
 * @throws RangeError when the scale is not positive or the domain has fewer than two dimensions.
 */
export function logisticStream(options: LogisticStreamOptions): LogisticStream {
  return new Stream(options)
}

class Stream implements LogisticStream {
  readonly learner: Learner
  readonly #scale: number | 'unit'
  readonly #features: number
  readonly #gradient: Float64Array
  /** The number of the example in which each feature was last seen. */
  readonly #seen: Float64Array
  #reads = 0
  examples = 0
  total = 0
  errors = 0

  constructor(options: LogisticStreamOptions) {
    const { learner, scale = 'unit' } = optionsOf(options, 'logisticStream: options', ['learner', 'scale'])
    const dimension = number(learner?.domain?.dimension, 'logisticStream: learner.domain.dimension', { min: 2 })
    if (scale !== 'unit') number(scale, 'logisticStream: scale', { positive: true })
    this.learner = learner
    this.#scale = scale
    this.#features = dimension - 1
    this.#gradient = new Float64Array(dimension)
    this.#seen = new Float64Array(this.#features)
  }

  see(example: Example): number {
    const { y, margin, scale } = this.#measure(example, 'logisticStream.see')
    const { indices, values } = example
    const slope = -y * sigmoid(-y * margin) * scale
    const g = this.#gradient.fill(0)
    for (let k = 0; k < indices.length; k++) g[indices[k]] = slope * values[k]
    g[this.#features] = slope
    this.learner.update(g)
    return this.#add(y, margin)
  }

  judge(example: Example): number {
    const { y, margin } = this.#measure(example, 'logisticStream.judge')
    return this.#add(y, margin)
  }

  state(): StreamState {
    const { examples, errors, total, learner } = this
    return { examples, errors, total: encodeFloats(Float64Array.of(total)), learner: learner.state() }
  }

  load(state: StreamState): void {
    const label = 'logisticStream.load: state'
    if (typeof state !== 'object' || state === null) refuse(label, 'what state() returned', show(state), 'type')
    const examples = checkCount(state.examples, `${label}.examples`)
    const errors = checkCount(state.errors, `${label}.errors`)
    if (errors > examples) refuse(`${label}.errors`, `at most the ${examples} examples`, String(errors))
    const [total] = decode(state.total, 1, `${label}.total`)
    if (total < 0) refuse(`${label}.total`, 'a nonnegative number', show(total))
    this.learner.load(state.learner)
    Object.assign(this, { examples, errors, total })
  }

  #add(y: number, margin: number): number {
    this.examples++
    this.total += softplus(-y * margin)
    if ((margin > 0 ? 1 : -1) !== y) this.errors++
    return margin
  }

  /** Returns the label as -1 or +1, the margin at the present weights, and what the example was multiplied by. */
  #measure(example: Example, at: string): { y: number; margin: number; scale: number } {
    this.#check(example, at)
    const { label, indices, values } = example
    const x = this.learner.predict()
    const intercept = x[this.#features]
    let margin = intercept
    let square = 1
    for (let k = 0; k < indices.length; k++) {
      margin += values[k] * x[indices[k]]
      square += values[k] * values[k]
    }
    let scale = this.#scale === 'unit' ? 1 / Math.sqrt(square) : this.#scale
    margin *= scale
    if (this.#scale === 'unit' && !isExact(square)) {
      // The square overflows, the example at length 1 does not.
      const top = largest(Float64Array.from(values))
      let rest = 0
      for (let k = 0; k < values.length; k++) rest += (values[k] / top) * (values[k] / top)
      scale = 1 / Math.sqrt(rest) / top
      margin = intercept * scale
      for (let k = 0; k < indices.length; k++) margin += (values[k] / top / Math.sqrt(rest)) * x[indices[k]]
    }
    if (!Number.isFinite(margin)) refuse(`${at}: values`, 'such that the margin is a finite number', String(margin))
    return { y: label > 0 ? 1 : -1, margin, scale }
  }

  #check(example: Example, at: string): void {
    if (typeof example !== 'object' || example === null) refuse(`${at}: example`, 'an object', show(example), 'type')
    const { label, indices, values } = example
    if (label !== -1 && label !== 0 && label !== 1) refuse(`${at}: label`, '-1, 0 or +1', show(label))
    for (const [name, list] of Object.entries({ indices, values }))
      if (typeof list !== 'object' || typeof list?.length !== 'number')
        refuse(`${at}: ${name}`, 'a list of numbers', show(list), 'type')
    if (indices.length !== values.length)
      refuse(`${at}: values`, `of length ${indices.length}, as indices`, `length ${values.length}`)
    this.#reads++
    const max = this.#features - 1
    for (let k = 0; k < indices.length; k++) {
      const index = number(indices[k], `${at}: indices[${k}]`, { integer: true, min: 0, max })
      if (this.#seen[index] === this.#reads)
        refuse(`${at}: indices[${k}]`, 'different from those before', `${index} again`)
      this.#seen[index] = this.#reads
      number(values[k], `${at}: values[${k}]`)
    }
  }
}
