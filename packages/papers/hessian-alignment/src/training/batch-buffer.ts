import { number, refuse, show } from '@opt/core'
import type { NetworkDomain } from './domains.ts'

type Real = Float64Array | Float32Array

/** The examples of a step: one domain's after the other's. */
export interface StepBatch {
  /** All inputs. */
  inputs: Real
  domains: readonly NetworkDomain[]
}

/** Memory for the batches of a run. */
export class BatchBuffer {
  readonly #examples: readonly NetworkDomain[]
  readonly #columns: number
  readonly #outputs: number
  #inputs: Real
  #targets = new Float64Array(0)

  constructor(examples: readonly NetworkDomain[]) {
    const [{ inputs, targets, count }] = examples
    this.#examples = examples
    this.#columns = inputs.length / count
    this.#outputs = targets.length / count
    this.#inputs = inputs.slice(0, 0)
  }

  /** Copies the chosen examples of each domain: views that hold until the next call. */
  gather(choose: (e: number) => ArrayLike<number>): StepBatch {
    const [columns, K] = [this.#columns, this.#outputs]
    const chosen = this.#examples.map((_, e) => choose(e))
    const total = chosen.reduce((all, { length }) => all + length, 0)
    if (this.#inputs.length < total * columns) {
      const Kind = this.#inputs.constructor as Float64ArrayConstructor
      this.#inputs = new Kind(total * columns)
      this.#targets = new Float64Array(total * K)
    }
    let first = 0
    const domains = this.#examples.map(({ inputs, targets }, e): NetworkDomain => {
      const count = chosen[e].length
      const own = {
        count,
        inputs: this.#inputs.subarray(first * columns, (first + count) * columns),
        targets: this.#targets.subarray(first * K, (first + count) * K),
      }
      for (let i = 0; i < count; i++) {
        copyRow(inputs, chosen[e][i], own.inputs, i, columns)
        copyRow(targets, chosen[e][i], own.targets, i, K)
      }
      first += count
      return own
    })
    return {
      inputs: this.#inputs.subarray(0, total * columns),
      domains,
    }
  }
}

function copyRow(from: Real, row: number, to: Real, at: number, columns: number): void {
  if (columns < 16) for (let j = 0; j < columns; j++) to[at * columns + j] = from[row * columns + j]
  else to.set(from.subarray(row * columns, (row + 1) * columns), at * columns)
}

/** Checks the examples that a caller's `sample` chose. */
export function checkSample(chosen: ArrayLike<number>, count: number, e: number): ArrayLike<number> {
  if (!(chosen.length > 0)) refuse('sample', `a function that returns examples of domain ${e}`, show(chosen), 'type')
  for (let i = 0; i < chosen.length; i++)
    number(chosen[i], `sample(step, ${e})[${i}]`, { integer: true, min: 0, max: count - 1 })
  return chosen
}
