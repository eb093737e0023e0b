import { options, refuse, show } from '@opt/core'
import { type ClassTargets, calling, checkClasses, checkOut, checkTargets, type Rows } from '../intake.ts'
import { absoluteSum, euclideanNorm } from './norm.ts'
import { checkLogits, softmaxBlocks } from './softmax.ts'

/** Options of a score. To score a stream, write its batches into one longer array, from `offset` on. */
export interface ScoreOptions {
  /** The number of classes, at least 2. */
  classes: number
  /** The array to write into; by default a new one. */
  out?: Float64Array | undefined
  /** Index of the first score in `out`. Default 0. */
  offset?: number | undefined
}

/** Options of {@link el2n}. */
export interface ErrorNormOptions extends ScoreOptions {
  /** 2 for EL2N (default), 1 for EL1N. */
  norm?: 1 | 2 | undefined
}

/**
 * EL2N: the norm ||softmax(z) - y|| of each example's error, in [0, sqrt 2] (Paul, Ganguli and Dziugaite 2021, definition 2.3).
 * These are the scores of one network; average those of a few with {@link ScoreAverage}.
 *
 * @param logits n rows of outputs before the softmax, from any framework.
 * @param targets n labels, or n rows of probabilities.
 * @returns n scores from index `offset` on.
 * @throws TypeError or RangeError that names the wrong entry.
 */
export function el2n(logits: Rows, targets: Rows, options: ErrorNormOptions): Float64Array {
  return calling('el2n', () => errorNorms(logits, targets, options))
}

/** {@link el2n}, with errors that do not name the function yet. */
export function errorNorms(logits: Rows, targets: Rows, given: ErrorNormOptions): Float64Array {
  const { classes, norm = 2, out, offset = 0 } = options(given, 'options')
  checkClasses(classes)
  if (norm !== 1 && norm !== 2) refuse('norm', '1 or 2', show(norm))
  const normOf = norm === 1 ? absoluteSum : euclideanNorm
  const z = checkLogits(logits, classes)
  const n = z.length / classes
  const y = checkTargets(targets, n, classes)
  const scores = checkOut(out, offset, n)

  const error = new Float64Array(classes)
  for (const { p, start, count } of softmaxBlocks(z, classes))
    for (let i = start; i < start + count; i++) {
      subtractTarget(p, (i - start) * classes, y, i, error)
      scores[offset + i] = normOf(error)
    }
  return scores
}

/**
 * Writes the error p - y of example i, whose probabilities begin at p[row], into `error`.
 *
 * With a label, its entry p_label - 1 is written last, as minus the sum of the others: 1 would round a small error away.
 */
function subtractTarget(
  p: Float64Array,
  row: number,
  { labels, probabilities }: ClassTargets,
  i: number,
  error: Float64Array,
): void {
  const classes = error.length
  if (!labels) {
    for (let k = 0; k < classes; k++) error[k] = p[row + k] - probabilities[i * classes + k]
    return
  }
  const label = labels[i]
  let others = 0
  for (let k = 0; k < label; k++) others += error[k] = p[row + k]
  for (let k = label + 1; k < classes; k++) others += error[k - 1] = p[row + k]
  error[classes - 1] = -others
}
