import { boolean, number, oneOf, options, refuse, show, type VectorLike } from '@opt/core'
import { calling, checkClasses, labelsOf, type Rows, rowsOf, scoresInto, targetsOf } from './intake.ts'
import { softmaxRows } from './softmax.ts'

/** Scores of a batch may be written into a longer array, from `offset` on: that is how a stream is scored. */
export interface ScoreOptions {
  /** How many classes, at least 2. */
  classes: number
  /** Where to write; nothing is allocated but a row then. */
  out?: Float64Array
  /** The first place in `out` (default 0). */
  offset?: number
}

/** Of features, whose squares are summed. */
const LARGEST = 1e150

/** Sums of squares below it have lost digits, or all. */
const TINY = 1e-290

/** The Euclidean norm of numbers whose squares are too small. */
function normOfTiny(numbers: number[]): number {
  const largest = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  if (largest === 0) return 0
  return largest * Math.sqrt(numbers.reduce((sum, x) => sum + (x / largest) * (x / largest), 0))
}

/** ||p - y|| of rows of p. With a label, 1 - p_label is summed from the others: a small score has no rounding error of 1. */
function errorNorms(
  p: Float64Array,
  start: number,
  count: number,
  classes: number,
  { labels, soft }: { labels?: ArrayLike<number>; soft?: ArrayLike<number> },
  order: 1 | 2,
  scores: Float64Array,
  offset: number,
): void {
  const errors = (i: number, others: number) =>
    Array.from({ length: classes }, (_, k) => {
      if (labels?.[start + i] === k) return others
      return p[i * classes + k] - (soft ? soft[(start + i) * classes + k] : 0)
    })
  for (let i = 0; i < count; i++) {
    const label = labels ? labels[start + i] : -1
    let others = 0
    let sum = 0
    for (let k = 0; k < classes; k++) {
      if (k === label) continue
      const share = p[i * classes + k]
      const error = soft ? share - soft[(start + i) * classes + k] : share
      others += share
      sum += order === 2 ? error * error : Math.abs(error)
    }
    if (labels) sum += order === 2 ? others * others : others
    scores[offset + start + i] = order === 1 ? sum : sum > TINY ? Math.sqrt(sum) : normOfTiny(errors(i, others))
  }
}

/**
 * EL2N: ||softmax(z_i) - y_i|| of each example, in [0, sqrt 2] (Paul, Ganguli and Dziugaite 2021, definition 2.3).
 * One network's scores; average them over a few with {@link ScoreAverage}.
 *
 * @param logits n rows of outputs before the softmax, from any framework
 * @param targets n labels, or n rows of probabilities
 * @throws TypeError or RangeError naming the entry that is wrong
 */
export function el2n(
  logits: Rows,
  targets: Rows,
  given: ScoreOptions & { /** 1: EL1N. */ norm?: 1 | 2 },
): Float64Array {
  return calling('el2n', () => errorScores(logits, targets, given))
}

function errorScores(logits: Rows, targets: Rows, given: ScoreOptions & { norm?: 1 | 2 }): Float64Array {
  const { classes, norm: order = 2, out, offset = 0 } = options(given, 'options')
  checkClasses(classes)
  if (order !== 1 && order !== 2) refuse('norm', '1 or 2', show(order))
  let wanted: ReturnType<typeof targetsOf> = {}
  let scores: Float64Array = new Float64Array(0)
  softmaxRows(
    logits,
    classes,
    (n) => {
      wanted = targetsOf(targets, n, classes)
      scores = scoresInto(out, offset, n)
    },
    (p, start, count) => errorNorms(p, start, count, classes, wanted, order, scores, offset),
  )
  return scores
}

function marginOf(p: Float64Array, row: number, classes: number, label: number, kind: 'max' | 'sum'): number {
  const own = p[row + label]
  let best = -Infinity
  let sum = 0
  for (let k = 0; k < classes; k++) {
    const ahead = p[row + k] - own
    sum += ahead
    if (k !== label) best = Math.max(best, ahead)
  }
  return kind === 'max' ? best : sum
}

/**
 * The probability margin of each example: p_j - p_label, its maximum over j other than the label, or its sum over all j.
 * Positive where the network is wrong ('max').
 */
export function margin(logits: Rows, labels: VectorLike, given: ScoreOptions & { kind?: 'max' | 'sum' }): Float64Array {
  return calling('margin', () => {
    const { classes, kind = 'max', out, offset = 0 } = options(given, 'options')
    checkClasses(classes)
    oneOf(kind, 'kind', ['max', 'sum'])
    let own: ArrayLike<number> = []
    let scores: Float64Array = new Float64Array(0)
    softmaxRows(
      logits,
      classes,
      (n) => {
        own = labelsOf(labels, n, classes)
        scores = scoresInto(out, offset, n)
      },
      (p, start, count) => {
        for (let i = 0; i < count; i++)
          scores[offset + start + i] = marginOf(p, i * classes, classes, own[start + i], kind)
      },
    )
    return scores
  })
}

/**
 * GraNd in the last layer's parameters, from logits and penultimate features of any framework:
 * ||p - y|| sqrt(||h||^2 + 1), without the 1 where the layer has no bias.
 */
export function grandLastLayer(
  logits: Rows,
  targets: Rows,
  features: Rows,
  given: ScoreOptions & { /** Features an example. */ width: number; bias?: boolean },
): Float64Array {
  return calling('grandLastLayer', () => {
    const { classes, width, bias = true, out, offset = 0 } = options(given, 'options')
    number(width, 'width', { integer: true, min: 1 })
    boolean(bias, 'bias')
    const n = rowsOf(logits, checkClasses(classes), 'logits').length / classes
    const h = rowsOf(features, width, 'features')
    if (h.length !== n * width) refuse('features', `${n} rows of ${width}`, `length ${h.length}`)
    for (let i = 0; i < h.length; i++)
      if (Math.abs(h[i]) > LARGEST)
        number(h[i], `features[${Math.floor(i / width)}][${i % width}]`, { min: -LARGEST, max: LARGEST })
    const scores = errorScores(logits, targets, { classes, out: scoresInto(out, offset, n), offset })
    for (let i = 0; i < n; i++) {
      let square = bias ? 1 : 0
      for (let j = i * width; j < (i + 1) * width; j++) square += h[j] * h[j]
      scores[offset + i] *=
        square > TINY ? Math.sqrt(square) : normOfTiny(Array.from({ length: width }, (_, j) => h[i * width + j]))
    }
    return scores
  })
}

/** Whether each example's largest logit is its label's; the first of equals counts. */
export function correct(logits: Rows, given: VectorLike, shape: { classes: number }): Uint8Array {
  return calling('correct', () => {
    const { classes } = options(shape, 'options')
    checkClasses(classes)
    const z = rowsOf(logits, classes, 'logits')
    const n = z.length / classes
    const labels = labelsOf(given, n, classes)
    return Uint8Array.from({ length: n }, (_, i) => {
      let best = 0
      for (let k = 1; k < classes; k++) if (z[i * classes + k] > z[i * classes + best]) best = k
      return best === labels[i] ? 1 : 0
    })
  })
}
