import type { Floats } from '@opt/core'
import type { Path } from '../space.ts'
import type { Group, Slot } from './layout.ts'

/** Sets the gradient of some groups to 0. */
export function clearGradient(gradient: Floats, groups: readonly Group[]): void {
  for (const { slots } of groups)
    for (const { offset, rows, columns } of slots) gradient.fill(0, offset, offset + rows * columns)
}

/** The square of the gradient's norm over some groups. */
export function squareOf(gradient: Floats, groups: readonly Group[]): number {
  let square = 0
  for (const { slots } of groups) for (const slot of slots) square += slotSquare(gradient, slot)
  return square
}

/** The norm of an operation's gradients: the sum over its weight matrices and biases. */
export function groupNorm(gradient: Floats, { slots }: Group): number {
  let sum = 0
  for (const slot of slots) sum += Math.sqrt(slotSquare(gradient, slot))
  return sum
}

/**
 * For each of `ops` operations: the sum of its groups' norms over cells and edges, over the number of edges of the path
 * that have it.
 */
export function opNorms(gradient: Floats, groups: readonly Group[], path: Path, ops: number): Float64Array {
  const norms = new Float64Array(ops)
  const times = new Float64Array(ops)
  for (const group of groups) if (group.op >= 0) norms[group.op] += groupNorm(gradient, group)
  for (let e = 0; e < path.length; e++) times[path[e]]++
  for (let op = 0; op < ops; op++) if (times[op] > 0) norms[op] /= times[op]
  return norms
}

function slotSquare(gradient: Floats, { offset, rows, columns }: Slot): number {
  let square = 0
  for (let i = offset; i < offset + rows * columns; i++) square += gradient[i] * gradient[i]
  return square
}
