import { calling, type Matrix, type MatrixLike, matrix, refuse, type VectorLike, vector } from '@opt/core'
import ndarray from 'ndarray'
import { type FlatLoss, LOSSES, type LossName } from './losses.ts'
import { checkTargets, hasRows } from './targets.ts'

/** A loss for boosting of anything: targets, outputs and answers are n x K, or vectors of n numbers where K = 1. */
export interface BoostingLoss {
  name: LossName
  /**
   * Returns F_0, the constant outputs of least loss: mean, half log odds, log frequencies.
   *
   * @throws RangeError when it is infinite, for lack of examples of a class.
   */
  initial(y: VectorLike | MatrixLike): Float64Array
  /** Returns the pseudo-residuals -dL/dF of each example; y - F for the squared loss, whose factor 2 is dropped. */
  residuals(y: VectorLike | MatrixLike, F: VectorLike | MatrixLike): Matrix
  /**
   * Returns the Newton step rho along h at residuals r of this loss: 1 for the squared loss; 0 where the residuals
   * have vanished.
   */
  newtonStep(r: VectorLike | MatrixLike, h: VectorLike | MatrixLike): number
  /** Returns the mean loss of the examples; of the squared loss over all entries. */
  value(y: VectorLike | MatrixLike, F: VectorLike | MatrixLike): number
  /** Returns the probabilities of y = 1 or of each class; refused by the squared loss. */
  probabilities(F: VectorLike | MatrixLike): Matrix
}

/**
 * The losses: 'squared', (y - F)^2; 'logistic', log(1 + exp(-2 y F)) for y = 1 and -1; 'softmax', log sum_k exp F_k -
 * F_y for class numbers or one-hot rows. Nothing overflows, whatever the size of F.
 *
 * @throws TypeError or RangeError when arrays do not fit.
 */
export const losses: Readonly<Record<LossName, BoostingLoss>> = /* @__PURE__ */ (() => ({
  squared: checked(LOSSES.squared),
  logistic: checked(LOSSES.logistic),
  softmax: checked(LOSSES.softmax),
}))()

function checked(loss: FlatLoss): BoostingLoss {
  const { name } = loss
  const naming = <T>(method: string, run: () => T): T => calling(`losses.${name}.${method}`, run)
  const rowsOf = (given: VectorLike | MatrixLike, label: string, shape?: [number, number]): Matrix => {
    const x = hasRows(given) ? matrix(given, label) : columnOf(given as VectorLike, label)
    const [n, k] = x.shape as [number, number]
    if (shape && (n !== shape[0] || k !== shape[1])) refuse(label, `${shape[0]} x ${shape[1]}`, `${n} x ${k}`)
    if (name === 'logistic' && k !== 1) refuse(label, 'of one column', `${k}`)
    if (name === 'softmax' && k < 2) refuse(label, 'of a column for each class', '1')
    return x
  }
  const pair = (y: VectorLike | MatrixLike, F: VectorLike | MatrixLike) => {
    const outputs = rowsOf(F, 'F')
    const [n, k] = outputs.shape as [number, number]
    return { y: checkTargets(name, y, 'y', { n, k }).y, F: outputs.data, n, k }
  }
  return {
    name,
    initial: (y) =>
      naming('initial', () => {
        const targets = checkTargets(name, y, 'y')
        const F = loss.prior(targets.y, targets.k)
        return F.every(Number.isFinite) ? F : refuse('y', 'of numbers whose sum float64 can hold', 'larger ones')
      }),
    residuals: (given, outputs) =>
      naming('residuals', () => {
        const { y, F, n, k } = pair(given, outputs)
        const r = new Float64Array(F.length)
        loss.residuals(y, F, k, r)
        if (!r.every(Number.isFinite)) refuse('y', 'of numbers whose residuals float64 can hold', 'larger ones')
        return ndarray(r, [n, k])
      }),
    newtonStep: (r, h) =>
      naming('newtonStep', () => {
        const residuals = rowsOf(r, 'r')
        const most = name === 'logistic' ? 2 : name === 'softmax' ? 1 : Infinity
        const wrong = residuals.data.findIndex((v) => Math.abs(v) > most)
        if (wrong >= 0) refuse('r', `of residuals between -${most} and ${most}`, String(residuals.data[wrong]))
        return loss.newtonStep(residuals.data, rowsOf(h, 'h', residuals.shape as [number, number]).data)
      }),
    value: (given, outputs) =>
      naming('value', () => {
        const { y, F, k } = pair(given, outputs)
        const value = loss.value(y, F, k)
        return Number.isFinite(value) ? value : refuse('F', 'of a loss that float64 can hold', 'an overflow')
      }),
    probabilities: (F) =>
      naming('probabilities', () => {
        if (!loss.probabilities) refuse('loss', `'logistic' or 'softmax'`, `'${name}'`)
        const out = rowsOf(F, 'F')
        const p = ndarray(out.data.slice(), out.shape.slice())
        loss.probabilities(p.data, p.shape[1])
        return p
      }),
  }
}

function columnOf(given: VectorLike, label: string): Matrix {
  const x = vector(given, label)
  return ndarray(x, [x.length, 1])
}
