import { type Matrix, type MatrixLike, matrix, number, refuse, show, type VectorLike, vector } from '@opt/core'
import { LinearScores } from './linear-scores.ts'
import type { RowLoss } from './row-loss.ts'

/** Examples with a label each. */
export interface LabelledExamples {
  /** Examples x features, as they are multiplied with y: for an intercept, append a column of ones. */
  inputs: MatrixLike
  /** The label of each example. */
  labels: VectorLike
}

/** Indices of examples. */
export type Indices = ArrayLike<number>

/** Labelled examples and a linear model with a loss, on all of them or on a batch. */
export class Examples {
  readonly count: number
  readonly #loss: RowLoss
  readonly #all: LinearScores
  #batch: LinearScores | null = null
  /** The examples in #batch, and how many they are; 0 while they are changing. */
  #gathered = { indices: new Int32Array(0), rows: 0 }

  constructor(inputs: Matrix, labels: Int32Array, outputs: number, loss: RowLoss) {
    const [count, features] = inputs.shape as [number, number]
    this.count = count
    this.#loss = loss
    this.#all = new LinearScores(count, features, outputs)
    this.#all.labels.set(labels)
    const { data, stride } = this.#all.X
    for (let i = 0; i < count; i++) data.set(inputs.data.subarray(i * features, (i + 1) * features), i * stride)
  }

  get features(): number {
    return this.#all.X.columns
  }

  get outputs(): number {
    return this.#all.outputs
  }

  /** Returns the losses at y and what derives from them, valid until the next call. */
  at(y: Float64Array, temperature: number, batch: Indices | undefined): LinearScores {
    const scores = batch === undefined ? this.#all : this.#gather(batch)
    scores.evaluate(y, temperature, this.#loss)
    return scores
  }

  /** Multiplies the rows of R by the Hessians of their losses in the scores. */
  curve(scores: LinearScores): void {
    this.#loss.curve(scores.P, scores.R)
  }

  #gather(batch: Indices): LinearScores {
    const { X, labels, outputs } = this.#all
    const rows = number(batch?.length, 'batch.length', { integer: true, min: 1 })
    if (!this.#batch || this.#batch.capacity < rows) this.#batch = new LinearScores(rows, X.columns, outputs)
    const scores = this.#batch
    const gathered = this.#gathered
    if (gathered.rows === rows && isEqual(batch, gathered.indices, rows)) return scores
    gathered.rows = 0
    if (gathered.indices.length < rows) gathered.indices = new Int32Array(rows)
    const { data, stride } = scores.X
    for (let k = 0; k < rows; k++) {
      const i = batch[k]
      if (!(i >= 0 && i < this.count && i % 1 === 0))
        refuse(`batch[${k}]`, `the index of one of ${this.count} examples`, show(i))
      gathered.indices[k] = i
      for (let j = 0; j < X.columns; j++) data[k * stride + j] = X.data[i * X.stride + j]
      scores.labels[k] = labels[i]
    }
    scores.use(rows)
    gathered.rows = rows
    return scores
  }
}

function isEqual(a: Indices, b: Indices, length: number): boolean {
  for (let k = 0; k < length; k++) if (a[k] !== b[k]) return false
  return true
}

/**
 * Checks labelled examples.
 *
 * @param columns the number of features that they must have, if that is known.
 */
export function readExamples(
  given: LabelledExamples,
  label: string,
  columns?: number,
): { inputs: Matrix; labels: Float64Array } {
  if (typeof given !== 'object' || given === null)
    refuse(label, 'an object with inputs and labels', show(given), 'type')
  const inputs = matrix(given.inputs, `${label}.inputs`, { columns })
  return { inputs, labels: vector(given.labels, `${label}.labels`, { length: inputs.shape[0] }) }
}
