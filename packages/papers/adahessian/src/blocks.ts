import { number, type Program, refuse, show } from '@opt/core'
import type { Setting, SlotOperation } from '@opt/optimizers'

/**
 * The number of entries over which the estimate of the diagonal is averaged, for parameters of 1, 2, 3
 * and 4 dimensions. b > 0: over b consecutive entries, row-major; 1 averages nothing. -1: a vector is not
 * averaged; a matrix is averaged over rows, three dimensions over the last one, four over the last two (a
 * convolution kernel).
 */
export type BlockSizes = readonly [vector: number, matrix: number, three: number, four: number]

export const blockSizes = (value: BlockSizes): Setting<BlockSizes> => ({
  default: value,
  check: (given, label) => {
    if (!Array.isArray(given) || given.length !== 4) refuse(label, 'four numbers', show(given), 'type')
    // A hole is refused like any other entry.
    Array.from(given).forEach((size, i) => {
      number(size, `${label}[${i}]`, { integer: true, min: -1 })
      if (size === 0) refuse(`${label}[${i}]`, '-1 or positive', '0')
    })
  },
})

/** Returns the number of consecutive entries that are averaged in a parameter of that shape. */
export function blockLength(shape: readonly number[], sizes: BlockSizes): number {
  const rank = shape.length
  if (rank === 0) return 1
  const size = sizes[rank - 1]
  if (size > 0 || rank === 1) return Math.max(1, size)
  return rank === 4 ? shape[2] * shape[3] : shape[rank - 1]
}

/** Replaces each entry d of the input 'products' by the mean of |d| over its block of so many entries. */
export const averageBlocks: SlotOperation<number> = {
  memory({ inputs: { products: d } }, block) {
    for (let start = 0; start < d.length; start += block) {
      let sum = 0
      for (let i = start; i < start + block; i++) sum += Math.abs(d[i])
      const mean = sum / block
      for (let i = start; i < start + block; i++) d[i] = mean
    }
  },
  device(slot, block) {
    const blocks = slot.length / block
    // One thread for each small block, such as the kernel of a convolution.
    if (block > SMALL) slot.run(averageLarge, { columns: block }, { workgroups: blocks })
    else slot.run(averageSmall, { columns: block, blocks })
  },
}

/** The largest block that one thread averages. */
const SMALL = 64

const averageSmall: Program = {
  name: 'averageSmall',
  writes: ['products'],
  numbers: ['columns: u32'],
  each: 'blocks',
  body: `
  let end = (i + 1u) * p.columns;
  var sum = 0.0;
  for (var j = i * p.columns; j < end; j++) { sum += abs(products[j]); }
  let mean = sum / f32(p.columns);
  for (var j = i * p.columns; j < end; j++) { products[j] = mean; }`,
}

const averageLarge: Program = {
  name: 'averageLarge',
  writes: ['products'],
  numbers: ['columns: u32'],
  body: `
  var sum = 0.0;
  for (var j = t; j < p.columns; j += 256u) { sum += abs(products[group * p.columns + j]); }
  let mean = sum_all(sum, t) / f32(p.columns);
  for (var j = t; j < p.columns; j += 256u) { products[group * p.columns + j] = mean; }`,
}
