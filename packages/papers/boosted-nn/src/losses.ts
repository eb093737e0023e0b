import { exp, log, logit, refuse, sigmoid, softplus } from '@opt/core'

/** The losses that can be boosted. */
export type LossName = 'squared' | 'logistic' | 'softmax'

/** A loss of n examples with k outputs each; all arrays are row-major n x k. */
export interface FlatLoss {
  readonly name: LossName
  /** Where boosting begins unless an option says otherwise. */
  readonly start: 'zero' | 'prior'
  /** The constant outputs of least loss. */
  prior(y: Float64Array, k: number): Float64Array
  /** Writes r = -dL/dF of each example (for the squared loss without its factor 2). */
  residuals(y: Float64Array, F: Float64Array, k: number, r: Float64Array): void
  /** One Newton step along h, from F = 0 on the line F + step h; 0 where there is no curvature left. */
  newtonStep(r: Float64Array, h: Float64Array): number
  /** The mean over the examples; of the squared loss over all entries. */
  value(y: Float64Array, F: Float64Array, k: number): number
  /** Turns outputs into probabilities in place; absent for the squared loss. */
  probabilities?(F: Float64Array, k: number): void
}

/** (y - F)^2 */
const squared: FlatLoss = {
  name: 'squared',
  start: 'prior',
  prior(y, k) {
    const mean = new Float64Array(k)
    for (let i = 0; i < y.length; i++) mean[i % k] += y[i]
    return mean.map((sum) => sum / (y.length / k))
  },
  residuals(y, F, _k, r) {
    for (let i = 0; i < y.length; i++) r[i] = y[i] - F[i]
  },
  newtonStep: () => 1,
  value(y, F) {
    let sum = 0
    for (let i = 0; i < y.length; i++) sum += (y[i] - F[i]) * (y[i] - F[i])
    return sum / y.length
  },
}

/** log(1 + exp(-2 y F)), y = 1 or -1. */
const logistic: FlatLoss = {
  name: 'logistic',
  start: 'prior',
  prior(y) {
    let positive = 0
    for (let i = 0; i < y.length; i++) if (y[i] > 0) positive++
    if (positive === 0 || positive === y.length) refuse('y', 'of both classes, 1 and -1', `${y[0]} only`)
    return Float64Array.of(0.5 * logit(positive / y.length))
  },
  residuals(y, F, _k, r) {
    for (let i = 0; i < y.length; i++) r[i] = 2 * y[i] * sigmoid(-2 * y[i] * F[i])
  },
  newtonStep: (r, h) => newton(r, h, 2),
  value(y, F) {
    let sum = 0
    for (let i = 0; i < y.length; i++) sum += softplus(-2 * y[i] * F[i])
    return sum / y.length
  },
  probabilities(F) {
    for (let i = 0; i < F.length; i++) F[i] = sigmoid(2 * F[i])
  },
}

/** log sum exp F - y'F, y one-hot. */
const softmax: FlatLoss = {
  name: 'softmax',
  start: 'zero',
  prior(y, k) {
    const counts = new Float64Array(k)
    for (let i = 0; i < y.length; i++) counts[i % k] += y[i]
    const absent = counts.indexOf(0)
    if (absent >= 0) refuse('y', `with examples of every class (or initial 'zero')`, `none of class ${absent}`)
    return counts.map((count) => log(count / (y.length / k)))
  },
  residuals(y, F, k, r) {
    r.set(F)
    normalize(r, k)
    for (let i = 0; i < y.length; i++) r[i] = y[i] - r[i]
  },
  newtonStep: (r, h) => newton(r, h, 1),
  value(y, F, k) {
    let sum = 0
    for (let row = 0; row < y.length; row += k) {
      const top = largest(F, row, k)
      let total = 0
      let own = 0
      for (let j = row; j < row + k; j++) {
        total += exp(F[j] - top)
        own += y[j] * (F[j] - top)
      }
      sum += log(total) - own
    }
    return sum / (y.length / k)
  },
  probabilities: (F, k) => normalize(F, k),
}

/** sum r h / sum |r|(unit - |r|) h^2; for one-hot targets |r|(1 - |r|) = p(1 - p). */
function newton(r: Float64Array, h: Float64Array, unit: number): number {
  let slope = 0
  let curvature = 0
  for (let i = 0; i < r.length; i++) {
    const size = Math.abs(r[i])
    slope += r[i] * h[i]
    curvature += size * (unit - size) * h[i] * h[i]
  }
  const step = slope / curvature
  return Number.isFinite(step) ? step : 0
}

function largest(F: Float64Array, row: number, k: number): number {
  let top = F[row]
  for (let j = row + 1; j < row + k; j++) top = Math.max(top, F[j])
  return top
}

/** Replaces each row by its soft-max. */
function normalize(F: Float64Array, k: number): void {
  for (let row = 0; row < F.length; row += k) {
    const top = largest(F, row, k)
    let total = 0
    for (let j = row; j < row + k; j++) total += F[j] = exp(F[j] - top)
    for (let j = row; j < row + k; j++) F[j] /= total
  }
}

export const LOSSES: Readonly<Record<LossName, FlatLoss>> = { squared, logistic, softmax }
export const LOSS_NAMES: readonly LossName[] = ['squared', 'logistic', 'softmax']
