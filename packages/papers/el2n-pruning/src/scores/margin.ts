import { calling, oneOf, options, type VectorLike } from '@opt/core'
import { checkClasses, checkLabels, checkOut, type Rows } from '../intake.ts'
import type { ScoreOptions } from './el2n.ts'
import { checkLogits, softmaxBlocks } from './softmax.ts'

/** Options of {@link margin}. */
export interface MarginOptions extends ScoreOptions {
  /** 'max' (default): the best of the other classes against the label. 'sum': all classes against it. */
  kind?: 'max' | 'sum' | undefined
}

/**
 * The probability margin of each example: the maximum of p_j - p_label over the classes j other
 * than the label, or its sum over all j. With 'max' it is positive where the network is wrong.
 *
 * @param logits n rows of outputs before the softmax.
 * @param labels n classes.
 * @returns n scores from index `offset` on, in [-1, 1] for 'max'.
 * @throws TypeError or RangeError that names the wrong entry.
 */
export function margin(logits: Rows, labels: VectorLike, given: MarginOptions): Float64Array {
  return calling('margin', () => {
    const { classes, kind = 'max', out, offset = 0 } = options(given, 'options', ['kind', 'classes', 'out', 'offset'])
    checkClasses(classes)
    oneOf(kind, 'kind', ['max', 'sum'])
    const z = checkLogits(logits, classes)
    const n = z.length / classes
    const y = checkLabels(labels, n, classes)
    const scores = checkOut(out, offset, n)
    for (const { p, start, count } of softmaxBlocks(z, classes))
      for (let i = start; i < start + count; i++) {
        const row = (i - start) * classes
        const label = y[i]
        let [best, sum] = [-Infinity, 0]
        for (let k = 0; k < classes; k++) {
          const ahead = p[row + k] - p[row + label]
          sum += ahead
          if (k !== label) best = Math.max(best, ahead)
        }
        scores[offset + i] = kind === 'max' ? best : sum
      }
    return scores
  })
}
