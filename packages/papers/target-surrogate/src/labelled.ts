import { type MatrixLike, matrix, options as optionsOf } from '@opt/core'
import type { Loss } from './losses.ts'
import { flatRows, gatherRows, type Rows } from './rows.ts'
import type { Batch } from './surrogate/outer-step.ts'

/** The data of `minimize`. */
export interface Labelled {
  /** Examples x features. */
  inputs: MatrixLike
  /** Classes, or rows of numbers: what the loss takes, one row per example. */
  labels: Rows
}

/** The same, flat. */
export interface Examples {
  readonly inputs: Float64Array
  readonly labels: Float64Array
  readonly count: number
}

export function checkData(data: Labelled): Examples {
  const { inputs, labels } = optionsOf(data, 'data')
  const X = matrix(inputs, 'data.inputs')
  const count = X.shape[0]
  return { inputs: X.data, labels: flatRows(labels, 'data.labels', { rows: count }), count }
}

/** A batch of `size` examples, whose rows are gathered into arrays of its own unless it has all of them. */
export interface LabelledBatch extends Batch<Rows> {
  choose(indices: Int32Array): void
}

export function labelledBatch(
  { inputs, labels, count }: Examples,
  size: number,
  loss: Loss<Float64Array>,
): LabelledBatch {
  const whole = size === count
  const [features, width] = [inputs.length / count, labels.length / count]
  const X = whole ? inputs : new Float64Array(size * features)
  const y = whole ? labels : new Float64Array(size * width)
  const { value } = loss
  return {
    inputs: X,
    indices: undefined,
    choose(indices) {
      this.indices = indices
      if (whole) return
      gatherRows(inputs, features, indices, X)
      gatherRows(labels, width, indices, y)
    },
    gradient: (z, out) => loss.gradient(z, y, out),
    value: value && ((z, examples) => value.call(loss, z, y, examples)),
  }
}
