import { callback, exp, log1p, number, refuse, show, sigmoid, softplus } from '@opt/core'
import { flatRows, type Rows } from './rows.ts'

/** A loss of each example's outputs, h = mean_i l_i(z_i), whose gradients are the expensive part. */
export interface Loss<L> {
  /** L: each l_i is L-smooth in z_i. The default step size in target space is 1/L, or 1 without it. */
  readonly smoothness?: number | undefined
  /** Returns the mean of l_i over so many examples. `armijoEta` needs it; elsewhere it is only reported. */
  value?(outputs: Float64Array, labels: L, examples: number): number | PromiseLike<number>
  /** Returns each example's own gradient, flat, examples x C, not divided by their number; may write it to `out`. */
  gradient(outputs: Float64Array, labels: L, out: Float64Array): ArrayLike<number> | PromiseLike<ArrayLike<number>>
}

export function checkLoss<L>(loss: Loss<L>): void {
  callback(loss?.gradient, 'loss.gradient')
  if (loss.value !== undefined) callback(loss.value, 'loss.value')
  if (loss.smoothness !== undefined) number(loss.smoothness, 'loss.smoothness', { positive: true })
}

/** A loss that is computed here, at once. */
export interface KnownLoss extends Loss<Rows> {
  readonly smoothness: number
  value(outputs: Rows, labels: Rows, examples: number): number
  gradient(outputs: Rows, labels: Rows, out?: Float64Array): Float64Array
}

/** Makes half the squared distance, |z - y|^2 / 2; labels y are rows like the outputs. L = 1. */
export function squared(): KnownLoss {
  return elementwise(
    'squared',
    1,
    () => undefined,
    (z, y) => 0.5 * (z - y) * (z - y),
    (z, y) => z - y,
  )
}

/** Makes the logistic loss softplus(z) - y z, summed over outputs; labels y are 0 or 1, one per output. L = 1/4. */
export function logistic(): KnownLoss {
  return elementwise(
    'logistic',
    0.25,
    (y) => (y === 0 || y === 1 ? undefined : '0 or 1'),
    // softplus(z) - z = softplus(-z), without cancellation.
    (z, y) => softplus(y === 1 ? -z : z),
    (z, y) => (y === 1 ? -sigmoid(-z) : sigmoid(z)),
  )
}

/** Makes the cross-entropy of a softmax; labels are classes from 0 to C - 1, one per example. L = 1/2. */
export function crossEntropy(): KnownLoss {
  return {
    smoothness: 0.5,
    value(outputs, labels, examples) {
      const { z, y, C } = classes(outputs, labels, 'crossEntropy.value')
      number(examples, 'crossEntropy.value: examples', { integer: true, min: y.length, max: y.length })
      let sum = 0
      for (let i = 0; i < y.length; i++) {
        const at = i * C
        const top = largest(z, at, C)
        let rest = 0
        for (let c = 0; c < C; c++) if (c !== top) rest += exp(z[at + c] - z[at + top])
        sum += log1p(rest) + (z[at + top] - z[at + y[i]])
      }
      return sum / y.length
    },
    gradient(outputs, labels, out = new Float64Array(lengthOf(outputs, 'crossEntropy.gradient'))) {
      const { z, y, C } = classes(outputs, labels, 'crossEntropy.gradient')
      checkOut(out, z.length, 'crossEntropy.gradient')
      for (let i = 0; i < y.length; i++) {
        const at = i * C
        const peak = z[at + largest(z, at, C)]
        let rest = 0
        let mass = 0
        for (let c = 0; c < C; c++) {
          out[at + c] = exp(z[at + c] - peak)
          mass += out[at + c]
          if (c !== y[i]) rest += out[at + c]
        }
        for (let c = 0; c < C; c++) out[at + c] /= mass
        // p - 1 as minus the others' probability, without cancellation.
        out[at + y[i]] = -rest / mass
      }
      return out
    },
  }
}

function elementwise(
  name: string,
  smoothness: number,
  wrong: (y: number) => string | undefined,
  value: (z: number, y: number) => number,
  slope: (z: number, y: number) => number,
): KnownLoss {
  const read = (outputs: Rows, labels: Rows, method: string) => {
    const z = flatRows(outputs, `${name}.${method}: outputs`)
    const y = flatRows(labels, `${name}.${method}: labels`)
    if (y.length !== z.length)
      refuse(`${name}.${method}: labels`, `${z.length} numbers like the outputs`, `length ${y.length}`)
    for (let k = 0; k < y.length; k++) {
      const allowed = wrong(y[k])
      if (allowed) refuse(`${name}.${method}: labels[${k}]`, allowed, show(y[k]))
    }
    return { z, y }
  }
  return {
    smoothness,
    value(outputs, labels, examples) {
      const { z, y } = read(outputs, labels, 'value')
      number(examples, `${name}.value: examples`, { integer: true, min: 1, max: z.length })
      let sum = 0
      for (let k = 0; k < z.length; k++) sum += value(z[k], y[k])
      return sum / examples
    },
    gradient(outputs, labels, out = new Float64Array(lengthOf(outputs, `${name}.gradient`))) {
      const { z, y } = read(outputs, labels, 'gradient')
      checkOut(out, z.length, `${name}.gradient`)
      for (let k = 0; k < z.length; k++) out[k] = slope(z[k], y[k])
      return out
    },
  }
}

function classes(outputs: Rows, labels: Rows, label: string) {
  const z = flatRows(outputs, `${label}: outputs`)
  const y = flatRows(labels, `${label}: labels`)
  const C = z.length / y.length
  if (!Number.isInteger(C)) refuse(`${label}: labels`, 'one class per row of outputs', `length ${y.length}`)
  for (let i = 0; i < y.length; i++)
    if (!(Number.isInteger(y[i]) && y[i] >= 0 && y[i] < C))
      refuse(`${label}: labels[${i}]`, `a class from 0 to ${C - 1}`, show(y[i]))
  return { z, y, C }
}

const lengthOf = (outputs: Rows, label: string) => flatRows(outputs, `${label}: outputs`).length

function checkOut(out: Float64Array, length: number, label: string): void {
  if (!(out instanceof Float64Array) || out.length !== length)
    refuse(`${label}: out`, `a Float64Array of length ${length}`, show(out), 'type')
}

/** Returns the place of the largest of C numbers. */
function largest(z: Float64Array, at: number, C: number): number {
  let top = 0
  for (let c = 1; c < C; c++) if (z[at + c] > z[at + top]) top = c
  return top
}
