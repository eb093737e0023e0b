import { calling, options, type VectorLike } from '@opt/core'
import { checkClasses, checkLabels, checkRows, type Rows } from '../intake.ts'

/**
 * Returns, for each example, 1 if its label has the largest logit and 0 if not; of equal logits the
 * first counts.
 *
 * @param logits n rows of outputs.
 * @param labels n classes.
 * @throws TypeError or RangeError that names the wrong entry.
 */
export function correct(logits: Rows, labels: VectorLike, shape: { classes: number }): Uint8Array {
  return calling('correct', () => {
    const { classes } = options(shape, 'options', ['classes'])
    checkClasses(classes)
    const z = checkRows(logits, classes, 'logits')
    const n = z.length / classes
    const y = checkLabels(labels, n, classes)
    return Uint8Array.from({ length: n }, (_, i) => {
      let best = 0
      for (let k = 1; k < classes; k++) if (z[i * classes + k] > z[i * classes + best]) best = k
      return best === y[i] ? 1 : 0
    })
  })
}
