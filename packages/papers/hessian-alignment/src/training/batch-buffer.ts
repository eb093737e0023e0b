import { number, refuse, show } from '@opt/core'
import type { NetworkDomain } from './domains.ts'

type Real = Float64Array | Float32Array

/** The examples of a step: one domain's after the other's. */
export interface StepBatch {
  /** All inputs. */
  inputs: Real
  domains: readonly NetworkDomain[]
}

/** The examples of a run, and memory for its batches. */
export class BatchBuffer {
  /** Examples of each domain. */
  readonly counts: readonly number[]
  readonly #targets: readonly Float64Array[]
  readonly #columns: number
  readonly #outputs: number
  /** A batch's inputs, and then those of all examples: rows are copied faster within one array than between two. */
  #inputs: Real
  #batchTargets = new Float64Array(0)
  /** Rows that a batch may have. */
  #room = 0

  constructor(examples: readonly NetworkDomain[]) {
    const [{ inputs, targets, count }] = examples
    const size = examples.reduce((all, one) => all + one.inputs.length, 0)
    this.counts = examples.map((one) => one.count)
    this.#targets = examples.map((one) => one.targets)
    this.#columns = inputs.length / count
    this.#outputs = targets.length / count
    this.#inputs = new (inputs.constructor as Float64ArrayConstructor)(size)
    let at = 0
    for (const one of examples) {
      this.#inputs.set(one.inputs, at)
      at += one.inputs.length
    }
  }

  /** Copies the chosen examples of each domain: views that hold until the next call. */
  gather(choose: (e: number) => ArrayLike<number>): StepBatch {
    const [columns, K] = [this.#columns, this.#outputs]
    const chosen = this.counts.map((_, e) => choose(e))
    const total = chosen.reduce((all, { length }) => all + length, 0)
    this.#makeRoom(total)
    let first = 0
    let start = this.#room
    const domains = chosen.map((rows, e): NetworkDomain => {
      const count = rows.length
      const targets = this.#batchTargets.subarray(first * K, (first + count) * K)
      copyRows(this.#inputs, start, rows, first, columns)
      for (let i = 0, at = 0; i < count; i++)
        for (let k = 0; k < K; k++) targets[at++] = this.#targets[e][rows[i] * K + k]
      start += this.counts[e]
      first += count
      return { count, targets, inputs: this.#inputs.subarray((first - count) * columns, first * columns) }
    })
    return { inputs: this.#inputs.subarray(0, total * columns), domains }
  }

  #makeRoom(rows: number): void {
    if (rows <= this.#room) return
    const examples = this.#inputs.subarray(this.#room * this.#columns)
    const size = rows * this.#columns
    this.#inputs = new (examples.constructor as Float64ArrayConstructor)(size + examples.length)
    this.#inputs.set(examples, size)
    this.#batchTargets = new Float64Array(rows * this.#outputs)
    this.#room = rows
  }
}

/** Copies the chosen rows, counted from row `start`, to row `first` and the next ones. */
function copyRows(x: Real, start: number, chosen: ArrayLike<number>, first: number, columns: number): void {
  for (let i = 0; i < chosen.length; i++) {
    const from = (start + chosen[i]) * columns
    const to = (first + i) * columns
    if (columns < 16) for (let j = 0; j < columns; j++) x[to + j] = x[from + j]
    else x.copyWithin(to, from, from + columns)
  }
}

/** Checks the examples that a caller's `sample` chose. */
export function checkSample(chosen: ArrayLike<number>, count: number, e: number): ArrayLike<number> {
  if (!(chosen.length > 0)) refuse('sample', `a function that returns examples of domain ${e}`, show(chosen), 'type')
  for (let i = 0; i < chosen.length; i++)
    number(chosen[i], `sample(step, ${e})[${i}]`, { integer: true, min: 0, max: count - 1 })
  return chosen
}
