import { number, options as optionsOf } from '@opt/core'
import { gaussianBlocks } from './gaussian-blocks.ts'
import { gaussianVectors } from './gaussian-vectors.ts'
import type { InnerSolver } from './inner-solver.ts'

/** Options of {@link gaussian}. */
export interface GaussianOptions {
  /** Columns s of the random matrix S. Default 1, of the paper. */
  blockSize?: number | undefined
}

/**
 * Makes the inner solver of AdaSketch-Newton-GV: z -= K S (S'K^2 S)^+ S'r, where r = K z + R and S is N x s with
 * standard normal entries, drawn row by row. A step passes over K twice for s = 1 and counts as one.
 *
 * @throws TypeError or RangeError when an option is wrong.
 */
export function gaussian(options?: GaussianOptions): InnerSolver {
  const { blockSize = 1 } = optionsOf(options, 'gaussian: options', ['blockSize'])
  number(blockSize, 'gaussian: blockSize', { integer: true, min: 1, max: 1000 })
  return blockSize === 1 ? gaussianVectors : (N, random) => gaussianBlocks(N, random, blockSize)
}
