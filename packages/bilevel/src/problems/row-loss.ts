import { type ExponentialKernels, log, log1p, type MatrixView } from '@opt/core'

type Exponentials = Pick<ExponentialKernels, 'vexp'>

/** A loss of the scores of one example at a time; matrices have one contiguous row for each. */
export interface RowLoss {
  /** Writes the losses, their gradients in the scores to Q, and what `curve` needs to P. */
  evaluate(
    S: MatrixView,
    labels: Int32Array,
    losses: Float64Array,
    Q: MatrixView,
    P: MatrixView,
    kernels: Exponentials,
  ): void
  /** Multiplies each row of R by the Hessian of its loss in the scores. */
  curve(P: MatrixView, R: MatrixView): void
}

/** log(1 + exp(-label score)), labels 1 and -1; P holds the second derivatives. */
export const logistic: RowLoss = {
  evaluate({ data: S, rows }, labels, losses, { data: Q }, { data: P }, kernels) {
    for (let i = 0; i < rows; i++) P[i] = -Math.abs(S[i])
    kernels.vexp(rows, P, P)
    for (let i = 0; i < rows; i++) {
      const label = labels[i]
      const margin = label * S[i]
      const e = P[i]
      const rest = 1 / (1 + e)
      losses[i] = Math.max(0, -margin) + log1p(e)
      Q[i] = -label * (margin > 0 ? e * rest : rest)
      P[i] = e * rest * rest
    }
  },
  curve({ data: P, rows }, { data: R }) {
    for (let i = 0; i < rows; i++) R[i] *= P[i]
  },
}

/** log sum_k exp(score_k) - score of the label; P holds the probabilities. */
export const crossEntropy: RowLoss = {
  evaluate({ data: S, rows, columns }, labels, losses, { data: Q }, { data: P }, kernels) {
    for (let i = 0; i < rows; i++) {
      const [from, to] = [i * columns, (i + 1) * columns]
      let most = S[from]
      for (let k = from + 1; k < to; k++) if (S[k] > most) most = S[k]
      for (let k = from; k < to; k++) P[k] = S[k] - most
      losses[i] = -P[from + labels[i]]
    }
    kernels.vexp(rows * columns, P, P)
    for (let i = 0; i < rows; i++) {
      const [from, to] = [i * columns, (i + 1) * columns]
      let sum = 0
      for (let k = from; k < to; k++) sum += P[k]
      const factor = 1 / sum
      for (let k = from; k < to; k++) Q[k] = P[k] *= factor
      losses[i] += log(sum)
      Q[from + labels[i]] -= 1
    }
  },
  curve({ data: P, rows, columns }, { data: R }) {
    for (let i = 0; i < rows; i++) {
      const [from, to] = [i * columns, (i + 1) * columns]
      let mean = 0
      for (let k = from; k < to; k++) mean += P[k] * R[k]
      for (let k = from; k < to; k++) R[k] = P[k] * (R[k] - mean)
    }
  },
}
