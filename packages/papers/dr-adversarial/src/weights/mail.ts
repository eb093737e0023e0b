import {
  calling,
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  options as optionsOf,
  refuse,
  softplus,
  type VectorLike,
} from '@opt/core'
import { checkLabels } from '../model/labels.ts'
import { bestOther, normalized, softmaxRows } from './softmax.ts'

/** Options of {@link mailWeights}. */
export interface MailOptions {
  /** Default 10. */
  slope?: number | undefined
  /** Default -0.5. */
  bias?: number | undefined
}

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

/**
 * Returns MAIL's weights, larger for examples near or beyond the boundary: proportional to sigmoid(slope (m + bias)),
 * where m = max_{j != y} p_j - p_y is the margin of the probabilities at the attacked point.
 *
 * Liu, Han, Liu, Zhang, Tao, Gong and others, Probabilistic margins for instance reweighting in adversarial training,
 * NeurIPS 2021.
 *
 * @param logits of the attacked points, examples x classes.
 * @param labels integers from 0 to classes - 1.
 * @returns weights that sum to 1.
 * @throws TypeError or RangeError for arguments that do not fit.
 */
export function mailWeights(logits: MatrixLike, labels: VectorLike, options?: MailOptions): Float64Array {
  return calling('mailWeights', () => {
    const { data, shape } = checkLogits(logits, 'logits')
    const y = checkLabels(labels, shape[0], shape[1], 'labels')
    return mailOf(data, y, shape[1], checkMail(options))
  })
}

export function checkMail(options: MailOptions | undefined): Required<{ slope: number; bias: number }> {
  const { slope = 10, bias = -0.5 } = optionsOf(options, 'options', ['slope', 'bias'])
  number(slope, 'slope', { min: -1e6, max: 1e6 })
  number(bias, 'bias', { min: -1e6, max: 1e6 })
  return { slope, bias }
}

export function mailOf(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  k: number,
  { slope, bias }: { slope: number; bias: number },
): Float64Array {
  return normalized(marginsOf(softmaxRows(logits, k), labels, k).map((m) => -softplus(-slope * (m + bias))))
}
