import { calling, log, type MatrixLike, number, options as optionsOf, refuse, type VectorLike } from '@opt/core'
import { checkLabels } from '../model/labels.ts'
import { checkLogits } from './margins.ts'
import { bestOther, crossEntropies, softmaxRows } from './softmax.ts'

/** Options of {@link martLoss}. */
export interface MartOptions {
  /** The factor of the divergence (default 5). */
  beta?: number | undefined
}

/** The answer of {@link martLoss}. */
export interface MartLoss {
  /** The mean over the examples. */
  value: number
  /** Its gradient in the logits of the attacked points, examples x classes. */
  gradientAdversarial: Float64Array
  /** Its gradient in the logits of the clean points, examples x classes. */
  gradientNatural: Float64Array
}

/** Added to a probability before its logarithm. */
const SMALL = 1e-12

/**
 * Returns MART's loss and its gradients, which flow through everything: with p the softmax of the attacked points' logits
 * and q that of the clean ones',
 *
 *     mean[-log p_y - log(1.0001 - max_{j != y} p_j + 1e-12)] + beta mean[KL(q || p) (1.0000001 - q_y)]
 *
 * Wang, Zou, Yi, Bailey, Ma and Gu, Improving adversarial robustness requires revisiting misclassified examples, ICLR
 * 2020; the constants are those of its code.
 *
 * @param adversarial logits of the attacked points, examples x classes.
 * @param natural logits of the clean points, of the same shape.
 * @param labels integers from 0 to classes - 1.
 * @throws TypeError or RangeError for arguments that do not fit.
 */
export function martLoss(
  adversarial: MatrixLike,
  natural: MatrixLike,
  labels: VectorLike,
  options?: MartOptions,
): MartLoss {
  return calling('martLoss', () => {
    const a = checkLogits(adversarial, 'adversarial')
    const b = checkLogits(natural, 'natural')
    const [n, k] = a.shape
    if (b.shape[0] !== n || b.shape[1] !== k) refuse('natural', `${n} x ${k}`, `${b.shape[0]} x ${b.shape[1]}`)
    const { beta = 5 } = optionsOf(options, 'options', ['beta'])
    number(beta, 'beta', { nonnegative: true })
    return martOf(a.data, b.data, checkLabels(labels, n, k, 'labels'), k, beta)
  })
}

/** {@link martLoss} of checked arguments. */
export function martOf(
  adversarial: ArrayLike<number>,
  natural: ArrayLike<number>,
  labels: ArrayLike<number>,
  k: number,
  beta: number,
): MartLoss {
  const n = labels.length
  const p = softmaxRows(adversarial, k)
  const q = softmaxRows(natural, k)
  const losses = crossEntropies(adversarial, labels, k)
  const gradientAdversarial = new Float64Array(n * k)
  const gradientNatural = new Float64Array(n * k)
  const [inP, inQ] = [new Float64Array(k), new Float64Array(k)]
  let value = 0
  for (let i = 0, row = 0; i < n; i++, row += k) {
    const y = labels[i]
    const other = bestOther(p, row, k, y)
    const room = 1.0001 - p[row + other] + SMALL
    const doubt = 1.0000001 - q[row + y]
    let divergence = 0
    for (let j = 0; j < k; j++) {
      const ratio = log(q[row + j] + SMALL) - log(p[row + j] + SMALL)
      divergence += q[row + j] * ratio
      inP[j] = (-beta * doubt * q[row + j]) / (p[row + j] + SMALL)
      inQ[j] = beta * doubt * (ratio + q[row + j] / (q[row + j] + SMALL))
    }
    inP[other] += 1 / room
    inQ[y] -= beta * divergence
    value += losses[i] - log(room) + beta * divergence * doubt
    throughSoftmax(p, inP, row, n, gradientAdversarial)
    throughSoftmax(q, inQ, row, n, gradientNatural)
    // Cross-entropy, whose derivative in the logits needs no division by p.
    for (let j = 0; j < k; j++) gradientAdversarial[row + j] += (p[row + j] - Number(j === y)) / n
  }
  return { value: value / n, gradientAdversarial, gradientNatural }
}

/** Adds (1/n) J' g to a row, where J = diag(p) - p p' is the derivative of softmax. */
function throughSoftmax(p: Float64Array, g: Float64Array, row: number, n: number, out: Float64Array): void {
  let mean = 0
  for (let j = 0; j < g.length; j++) mean += p[row + j] * g[j]
  for (let j = 0; j < g.length; j++) out[row + j] += (p[row + j] * (g[j] - mean)) / n
}
