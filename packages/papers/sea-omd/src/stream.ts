import { number, options, refuse, show, sigmoid, softplus } from '@opt/core'
import type { Learner } from './learner.ts'
import { isExact, largest } from './linear/vectors.ts'
import { count, decode, encode, type LearnerState } from './state.ts'

/** One example: indices from 0, none twice, as libsvmLine of @opt/datasets reads them. */
export interface Example {
  /** -1 or +1; 0 counts as -1. */
  label: number
  indices: ArrayLike<number>
  values: ArrayLike<number>
}

/** Options of {@link logisticStream}. */
export interface LogisticStreamOptions {
  /** Its domain has one dimension more than there are features: the last weight is the intercept. */
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

/** Logistic regression on examples as they come, judged before it learns from each (progressive validation). */
export interface LogisticStream {
  readonly learner: Learner
  readonly examples: number
  /** sum ln(1 + exp(-y z'x)) at the weights before each example. */
  readonly total: number
  /** How many examples had the wrong sign; a margin of 0 predicts -1. */
  readonly errors: number
  /**
   * Judges an example, then learns from it.
   *
   * @returns the margin z'x it had.
   * @throws RangeError when the label is not -1, 0 or +1, or an index is none of the features or stands twice, or the margin overflows; nothing has then
   * changed.
   */
  see(example: Example): number
  /**
   * Judges an example without learning from it: it counts in `examples`, `total` and `errors`.
   *
   * @returns the margin z'x.
   * @throws as {@link see}.
   */
  judge(example: Example): number
  state(): StreamState
  /** @throws when the state is not one of a stream like this; nothing has then changed. */
  load(state: StreamState): void
}

/**
 * Logistic regression on a stream.
 *
 * With examples of length at most 1 the losses have G = 1 and L = 1/4, and are exp(-R)-exp-concave on the ball of radius R.
 *
 * @throws RangeError when the scale is not positive or the domain has fewer than two dimensions.
 */
export function logisticStream(given: LogisticStreamOptions): LogisticStream {
  const { learner, scale = 'unit' } = options(given, 'logisticStream: options')
  const dimension = number(learner?.domain?.dimension, 'logisticStream: learner.domain.dimension', { min: 2 })
  if (scale !== 'unit') number(scale, 'logisticStream: scale', { positive: true })
  const features = dimension - 1
  const g = new Float64Array(dimension)
  const sums = { examples: 0, total: 0, errors: 0 }

  /** The number of the example in which each feature was last seen. */
  const seen = new Float64Array(features)
  let looks = 0

  const check = (example: Example, at: string) => {
    if (typeof example !== 'object' || example === null) refuse(`${at}: example`, 'an object', show(example), 'type')
    const { label, indices, values } = example
    if (label !== -1 && label !== 0 && label !== 1) refuse(`${at}: label`, '-1, 0 or +1', show(label))
    for (const [list, name] of [
      [indices, 'indices'],
      [values, 'values'],
    ] as const)
      if (typeof list !== 'object' || typeof list?.length !== 'number')
        refuse(`${at}: ${name}`, 'a list of numbers', show(list), 'type')
    if (indices.length !== values.length)
      refuse(`${at}: values`, `of length ${indices.length}, as indices`, `length ${values.length}`)
    looks++
    for (let k = 0; k < indices.length; k++) {
      const index = number(indices[k], `${at}: indices[${k}]`, { integer: true, min: 0, max: features - 1 })
      if (seen[index] === looks) refuse(`${at}: indices[${k}]`, 'another than those before', `${index} again`)
      seen[index] = looks
      number(values[k], `${at}: values[${k}]`)
    }
  }

  /** The margin of an example at the weights of now, and what it was multiplied by. */
  const measure = (example: Example, at: string) => {
    check(example, at)
    const { label, indices, values } = example
    const x = learner.predict()
    let margin = x[features]
    let square = 1
    for (let k = 0; k < indices.length; k++) {
      margin += values[k] * x[indices[k]]
      square += values[k] * values[k]
    }
    let s = scale === 'unit' ? 1 / Math.sqrt(square) : scale
    margin *= s
    if (scale === 'unit' && !isExact(square)) {
      // The square overflows, the example at length 1 does not.
      const top = largest(Float64Array.from(values))
      let rest = 0
      for (let k = 0; k < values.length; k++) rest += (values[k] / top) * (values[k] / top)
      s = 1 / Math.sqrt(rest) / top
      margin = x[features] * s
      for (let k = 0; k < indices.length; k++) margin += (values[k] / top / Math.sqrt(rest)) * x[indices[k]]
    }
    if (!Number.isFinite(margin)) refuse(`${at}: values`, 'such that the margin is a finite number', String(margin))
    return { y: label > 0 ? 1 : -1, margin, scale: s }
  }

  const add = (y: number, margin: number) => {
    sums.examples++
    sums.total += softplus(-y * margin)
    if ((margin > 0 ? 1 : -1) !== y) sums.errors++
    return margin
  }

  return {
    learner,
    get examples() {
      return sums.examples
    },
    get total() {
      return sums.total
    },
    get errors() {
      return sums.errors
    },
    see(example) {
      const { y, margin, scale } = measure(example, 'logisticStream.see')
      const { indices, values } = example
      const slope = -y * sigmoid(-y * margin) * scale
      g.fill(0)
      for (let k = 0; k < indices.length; k++) g[indices[k]] = slope * values[k]
      g[features] = slope
      learner.update(g)
      return add(y, margin)
    },
    judge(example) {
      const { y, margin } = measure(example, 'logisticStream.judge')
      return add(y, margin)
    },
    state: () => ({
      ...{ examples: sums.examples, errors: sums.errors, total: encode(Float64Array.of(sums.total)) },
      learner: learner.state(),
    }),
    load(state) {
      const label = 'logisticStream.load: state'
      if (typeof state !== 'object' || state === null) refuse(label, 'what state() returned', show(state), 'type')
      const examples = count(state.examples, `${label}.examples`)
      const errors = count(state.errors, `${label}.errors`)
      if (errors > examples) refuse(`${label}.errors`, `at most the ${examples} examples`, String(errors))
      const [total] = decode(state.total, 1, `${label}.total`)
      if (total < 0) refuse(`${label}.total`, 'a nonnegative number', show(total))
      learner.load(state.learner)
      Object.assign(sums, { examples, errors, total })
    },
  }
}
