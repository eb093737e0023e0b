import { number, refuse, show } from '@opt/core'
import type { Floats, Setting } from '@opt/optimizers'

/**
 * Over how many entries the estimate of the diagonal is averaged, for parameters of 1, 2, 3 and 4 dimensions.
 * -1: a vector's entries are not averaged; a matrix's by rows; three dimensions over the last, four over the last two (a kernel).
 * b > 0: over b entries that follow each other, row-major; 1 averages nothing.
 */
export type BlockSizes = readonly [vector: number, matrix: number, three: number, four: number]

export const blockSizes = (value: BlockSizes): Setting<BlockSizes> => ({
  default: value,
  check: (given, label) => {
    if (!Array.isArray(given) || given.length !== 4) refuse(label, 'four numbers', show(given), 'type')
    // Holes count too.
    Array.from(given).forEach((size, i) => {
      number(size, `${label}[${i}]`, { integer: true, min: -1 })
      if (size === 0) refuse(`${label}[${i}]`, '-1 or positive', '0')
    })
  },
})

/** A number in [0, 1]. */
export const power = (value: number): Setting<number> => ({
  default: value,
  check: (given, label) => void number(given, label, { min: 0, max: 1 }),
})

/** How many entries that follow each other are averaged in a parameter of that shape. */
export function blockLength(shape: readonly number[], sizes: BlockSizes): number {
  const rank = shape.length
  if (rank === 0) return 1
  const size = sizes[rank - 1]
  if (size > 0 || rank === 1) return Math.max(1, size)
  return rank === 4 ? shape[2] * shape[3] : shape[rank - 1]
}

/** Each entry becomes the mean of |d| over its block. */
export function averageBlocks(d: Floats, block: number): void {
  if (block === 1) return
  for (let start = 0; start < d.length; start += block) {
    let sum = 0
    for (let i = start; i < start + block; i++) sum += Math.abs(d[i])
    const mean = sum / block
    for (let i = start; i < start + block; i++) d[i] = mean
  }
}
