import { exp, log, type Matrix, number } from '@opt/core'
import ndarray from 'ndarray'

/** The loss of a row of outputs and a label. */
export type Loss = (outputs: Float64Array, label: number) => number

/** Cross-entropy of logits in nats. */
export function crossEntropy(outputs: Float64Array, label: number): number {
  number(label, `labels, with the cross-entropy of ${outputs.length} outputs,`, { min: 0, max: outputs.length - 1 })
  let most = -Infinity
  for (const z of outputs) most = Math.max(most, z)
  let sum = 0
  for (const z of outputs) sum += exp(z - most)
  return log(sum) + (most - outputs[label])
}

/** The loss of every row, a column. */
export function losses({ data, shape }: Matrix, labels: Int32Array, loss: Loss): Matrix {
  const outputs = shape[1]
  const out = Float64Array.from(labels, (label, i) =>
    number(loss(data.slice(i * outputs, (i + 1) * outputs), label), `loss for label ${label}`),
  )
  return ndarray(out, [labels.length, 1])
}
