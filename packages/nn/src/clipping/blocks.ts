import type { Real } from '../real.ts'
import type { Block, ClippingMemory } from './memory.ts'

/** Writes example `row` to a column of a block. */
export function setColumn(
  { sizes, columns }: ClippingMemory,
  block: Block,
  column: number,
  count: number,
  inputs: Real,
  targets: Real,
  row: number,
): void {
  const k = sizes[sizes.length - 1]
  for (let p = 0; p < sizes[0]; p++) block.X[p * columns + column] = inputs[row * sizes[0] + p]
  for (let j = 0; j < k; j++) block.targets[column * k + j] = targets[row * k + j]
  block.counts[column] = count
  block.used = column + 1
}

/** Returns a block of the chosen examples from number `start` on. */
export function chosenBlock(memory: ClippingMemory, indices: ArrayLike<number>, start: number): Block {
  const { chosen, blocks, columns, sizes } = memory
  const n = Math.min(columns, indices.length - start)
  const k = sizes[sizes.length - 1]
  chosen.used = n
  chosen.counts.fill(0, n)
  for (let i = 0; i < n; i++) {
    const index = indices[start + i]
    const { X, targets } = blocks[Math.floor(index / columns)]
    const column = index % columns
    chosen.counts[i] = 1
    for (let p = 0; p < sizes[0]; p++) chosen.X[p * columns + i] = X[p * columns + column]
    for (let j = 0; j < k; j++) chosen.targets[i * k + j] = targets[column * k + j]
  }
  for (let p = 0; p < sizes[0]; p++) chosen.X.fill(0, p * columns + n, (p + 1) * columns)
  return chosen
}
