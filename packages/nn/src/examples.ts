import { refuse, show } from '@opt/core'
import type { Buffers } from './buffers.ts'
import type { Real } from './real.ts'

/** A data set in a network's own form, checked once: rows can be drawn from it at no further cost. */
export interface Examples {
  readonly count: number
  /** count x inputs, row-major. */
  readonly inputs: Real
  /** count x outputs, row-major: labels have become rows. */
  readonly targets: Real
}

/** Copies the examples at indices[start .. start + n - 1] into the buffers. */
export function gather(net: Buffers, from: Examples, indices: ArrayLike<number>, start: number, n: number): void {
  const { sizes } = net.architecture
  for (let i = 0; i < n; i++) {
    const index = indices[start + i]
    if (!(Number.isInteger(index) && index >= 0 && index < from.count))
      refuse(`indices[${start + i}]`, `an integer from 0 to ${from.count - 1}`, show(index))
    copyRow(from.inputs, index, net.inputs, i, sizes[0])
    copyRow(from.targets, index, net.targets, i, sizes[sizes.length - 1])
  }
}

function copyRow(from: Real, row: number, to: Real, at: number, columns: number): void {
  for (let j = 0, source = row * columns, target = at * columns; j < columns; j++) to[target++] = from[source++]
}
