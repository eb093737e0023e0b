import { calling, type MatrixLike, number, options as optionsOf, softplus, type VectorLike } from '@opt/core'
import { checkLabels } from '../model/labels.ts'
import { checkLogits, marginsOf } from './margins.ts'
import { normalized, softmaxRows } from './softmax.ts'

/** Options of {@link mailWeights}. */
export interface MailOptions {
  /** Default 10. */
  slope?: number | undefined
  /** Default -0.5. */
  bias?: number | undefined
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
    return mailOf(data, y, shape[1], checkMail(options, 'options'))
  })
}

/** Checks {@link MailOptions}. */
export function checkMail(given: MailOptions | undefined, label: string): { slope: number; bias: number } {
  const { slope = 10, bias = -0.5 } = optionsOf(given, label, ['slope', 'bias'])
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
