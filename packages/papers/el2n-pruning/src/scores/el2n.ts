import { calling, options, refuse, show } from '@opt/core'
import { type ClassTargets, checkClasses, checkOut, checkTargets, type Rows } from '../intake.ts'
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
 * EL2N: the norm ||softmax(z) - y|| of each example's error, in [0, sqrt 2] (Paul, Ganguli and
 * Dziugaite 2021, definition 2.3). These are the scores of one network; average those of a few with
 * {@link ScoreAverage}.
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
  const { classes, norm = 2, out, offset = 0 } = options(given, 'options', ['norm', 'classes', 'out', 'offset'])
  checkClasses(classes)
  if (norm !== 1 && norm !== 2) refuse('norm', '1 or 2', show(norm))
  const normOf = norm === 1 ? absoluteSum : euclideanNorm
  const z = checkLogits(logits, classes)
  const n = z.length / classes
  const y = checkTargets(targets, n, classes)
  const scores = checkOut(out, offset, n)

  for (const { p, start, count } of softmaxBlocks(z, classes))
    for (let i = start; i < start + count; i++) {
      const row = (i - start) * classes
      subtractTarget(p, row, classes, y, i)
      scores[offset + i] = normOf(p, row, row + classes)
    }
  return scores
}

/**
 * Turns the probabilities p of example i, which begin at p[row], into its error p - y, in place.
 *
 * With a label, its entry p_label - 1 goes to the end, as minus the sum of the others: 1 would
 * round a small error away.
 */
function subtractTarget(
  p: Float64Array,
  row: number,
  classes: number,
  { labels, probabilities }: ClassTargets,
  i: number,
): void {
  if (!labels) {
    for (let k = 0; k < classes; k++) p[row + k] -= probabilities[i * classes + k]
    return
  }
  const at = row + labels[i]
  const last = row + classes - 1
  let others = 0
  for (let k = row; k < at; k++) others += p[k]
  for (let k = at; k < last; k++) others += p[k] = p[k + 1]
  p[last] = -others
}
