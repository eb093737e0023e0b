import { type MatrixLike, matrix, options as optionsOf, refuse, type VectorLike, vectorCopy } from '@opt/core'
import type { DenseNetwork, Inputs } from '@opt/nn'
import { checkLabels } from './labels.ts'
import { oracleOf } from './model.ts'
import type { AdversarialModel, Oracle } from './oracle.ts'

/** Examples with class labels. */
export interface LabelledData {
  /** Examples x inputs; for a network also flat. */
  inputs: Inputs
  /** Integers from 0 to classes - 1. */
  targets: VectorLike
}

/** A checked copy of examples, and the model that sees them. */
export interface Problem {
  readonly oracle: Oracle
  readonly inputs: Float64Array
  readonly labels: Int32Array
  readonly rows: number
  readonly columns: number
}

type Model = DenseNetwork | AdversarialModel

/** Reads a model and examples. */
export function openProblem(model: Model, inputs: Inputs, targets: VectorLike, trains = false): Problem {
  const { data, rows, columns } = readInputs(inputs, model)
  const oracle = oracleOf(model, columns, trains)
  if (oracle.classes === 0) oracle.quietly(() => oracle.logits(data.slice(0, columns), 1))
  const labels = checkLabels(targets, rows, oracle.classes, 'targets')
  return { oracle, inputs: data, labels, rows, columns }
}

/** Reads the two arrays of a data set. */
export function readData(data: LabelledData): LabelledData {
  const { inputs, targets } = optionsOf(data, 'data', ['inputs', 'targets'])
  if (inputs === undefined || targets === undefined)
    refuse('data', 'an object of inputs and targets', inputs === undefined ? 'no inputs' : 'no targets', 'type')
  return { inputs, targets }
}

/** Copies rows of finite numbers, of at least one. */
export function readInputs(
  inputs: Inputs,
  model: unknown,
  label = 'inputs',
): { data: Float64Array; rows: number; columns: number } {
  const units = (model as { sizes?: readonly number[] } | null)?.sizes?.[0]
  const flat = ArrayBuffer.isView(inputs) || (Array.isArray(inputs) && typeof inputs[0] === 'number')
  if (flat && typeof units === 'number') {
    const data = vectorCopy(inputs as VectorLike, label)
    if (data.length === 0 || data.length % units !== 0)
      refuse(label, `rows of ${units} numbers (a flat array's length is a multiple)`, `length ${data.length}`)
    return { data, rows: data.length / units, columns: units }
  }
  const { data, shape } = matrix(inputs as MatrixLike, label)
  if (shape[0] === 0 || shape[1] === 0) refuse(label, 'nonempty', `${shape[0]} x ${shape[1]}`)
  return { data: Float64Array.from(data), rows: shape[0], columns: shape[1] }
}
