import { exp, log } from '@opt/core'

/** Writes softmax of each row of k logits. */
export function softmaxRows(logits: ArrayLike<number>, k: number): Float64Array {
  const p = new Float64Array(logits.length)
  for (let row = 0; row < p.length; row += k) {
    let top = -Infinity
    for (let j = row; j < row + k; j++) top = Math.max(top, logits[j])
    let total = 0
    for (let j = row; j < row + k; j++) total += p[j] = exp(logits[j] - top)
    for (let j = row; j < row + k; j++) p[j] /= total
  }
  return p
}

/** Returns the cross-entropy of each row of k logits: log sum_j exp(z_j - z_y). */
export function crossEntropies(logits: ArrayLike<number>, labels: ArrayLike<number>, k: number): Float64Array {
  const losses = new Float64Array(labels.length)
  for (let i = 0, row = 0; i < losses.length; i++, row += k) {
    let top = -Infinity
    for (let j = row; j < row + k; j++) top = Math.max(top, logits[j])
    let total = 0
    for (let j = row; j < row + k; j++) total += exp(logits[j] - top)
    losses[i] = log(total) - (logits[row + labels[i]] - top)
  }
  return losses
}

/** Returns the largest of a row of k numbers at `row` beside that of the label: its class. */
export function bestOther(z: ArrayLike<number>, row: number, k: number, label: number): number {
  let best = label === 0 ? 1 : 0
  for (let j = best + 1; j < k; j++) if (j !== label && z[row + j] > z[row + best]) best = j
  return best
}

/** Returns the number of each row's class of the largest logit; the first of equal ones. */
export function predictions(logits: ArrayLike<number>, k: number): Int32Array {
  const classes = new Int32Array(logits.length / k)
  for (let i = 0, row = 0; i < classes.length; i++, row += k)
    for (let j = 1; j < k; j++) if (logits[row + j] > logits[row + classes[i]]) classes[i] = j
  return classes
}

/** Returns weights proportional to exp(logWeights), which sum to 1; the largest is shifted to exp(0). */
export function normalized(logWeights: Float64Array): Float64Array {
  let top = -Infinity
  for (let i = 0; i < logWeights.length; i++) top = Math.max(top, logWeights[i])
  let total = 0
  const weights = logWeights.map((w) => exp(w - top))
  for (let i = 0; i < weights.length; i++) total += weights[i]
  for (let i = 0; i < weights.length; i++) weights[i] /= total
  return weights
}
