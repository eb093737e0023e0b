import { calling, type Matrix, type MatrixLike, matrix, oneOf, refuse, type VectorLike } from '@opt/core'
import { checkLabels } from '../model/labels.ts'
import { bestOther, softmaxRows } from './softmax.ts'

/**
 * Returns the margins of examples, max_{j != y} z_j - z_y: positive where the model errs.
 *
 * @param logits examples x classes, at least two classes.
 * @param labels integers from 0 to classes - 1.
 * @param of 'logits' (default), or 'probabilities' for those of softmax, in [-1, 1].
 * @throws TypeError or RangeError for arguments that do not fit.
 */
export function classMargins(
  logits: MatrixLike,
  labels: VectorLike,
  of: 'logits' | 'probabilities' = 'logits',
): Float64Array {
  return calling('classMargins', () => {
    const { data, shape } = checkLogits(logits, 'logits')
    const y = checkLabels(labels, shape[0], shape[1], 'labels')
    oneOf(of, 'of', ['logits', 'probabilities'])
    return marginsOf(of === 'logits' ? data : softmaxRows(data, shape[1]), y, shape[1])
  })
}

/** max_{j != y} z_j - z_y of rows of k numbers. */
export function marginsOf(z: ArrayLike<number>, labels: ArrayLike<number>, k: number): Float64Array {
  return Float64Array.from(labels, (label, i) => z[i * k + bestOther(z, i * k, k, label)] - z[i * k + label])
}

/** Reads logits of at least two classes. */
export function checkLogits(logits: MatrixLike, label: string): Matrix {
  const read = matrix(logits, label)
  if (read.shape[0] === 0 || read.shape[1] < 2)
    refuse(label, 'nonempty, of at least two classes', `${read.shape[0]} x ${read.shape[1]}`)
  return read
}
