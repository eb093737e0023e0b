import { refuse, show } from '@opt/core'
import type { Buffers } from '../passes/buffers.ts'
import type { Real } from '../real.ts'

/** A data set checked once, in a network's own form; see {@link DenseNetwork.examples}. */
export interface Examples {
  /** The number of examples. */
  readonly count: number
  /** count x inputs, row-major. */
  readonly inputs: Real
  /** count x outputs, row-major: labels have become rows. */
  readonly targets: Real
  /** One weight per example's loss, if they were given. */
  readonly weights?: Float64Array | undefined
}

/** Copies the examples indices[start], ..., indices[start + n - 1] into the buffers. */
export function gather(net: Buffers, from: Examples, indices: ArrayLike<number>, start: number, n: number): void {
  const { inputCount, outputCount } = net
  for (let i = 0; i < n; i++) {
    const index = indices[start + i]
    if (!(Number.isInteger(index) && index >= 0 && index < from.count))
      refuse(`indices[${start + i}]`, `an integer from 0 to ${from.count - 1}`, show(index))
    copyRow(from.inputs, index, net.inputs, i, inputCount)
    copyRow(from.targets, index, net.targets, i, outputCount)
  }
}

function copyRow(from: Real, row: number, to: Real, at: number, columns: number): void {
  for (let j = 0, source = row * columns, target = at * columns; j < columns; j++) to[target++] = from[source++]
}
