import { number, options as optionsOf, refuse, show } from '@opt/core'
import { type Block, type Blocks, blocksOf } from './problem.ts'
import { AdjointUpdate } from './versions/adjoint-update.ts'
import type { BlockInput, BlockOutput, BlockUpdate } from './versions/block-update.ts'
import { HessianUpdate } from './versions/hessian-update.ts'

/** The parameters that an update of a block depends on. */
export interface UpdateParameters {
  version: 1 | 2
  alpha: number
  gamma: number
  /** Bounds of the eigenvalues of H_i. */
  bounds: readonly [number, number]
}

/** The work of one block in a step: plain data that any executor can send. */
export interface BlockTaskInput extends BlockInput {
  /** i */
  block: number
  parameters: UpdateParameters
}

/** The answer to a {@link BlockTaskInput}. */
export type BlockTaskOutput = BlockOutput

/** Makes the update of a version. */
export function updateOf(dimensions: { x: number; y: number }, parameters: UpdateParameters): BlockUpdate {
  return parameters.version === 1
    ? new HessianUpdate(dimensions, parameters, parameters.bounds)
    : new AdjointUpdate(dimensions, parameters)
}

/** Returns room for an update's answer. */
export function outputFor(x: number, y: number, version: 1 | 2): BlockOutput {
  return {
    s: new Float64Array(y),
    tracked: new Float64Array(version === 1 ? y * y : y),
    G: new Float64Array(x),
    previousG: new Float64Array(x),
  }
}

/**
 * Makes the function that evaluates a block of a problem, for {@link BsvrbOptions.workers}: a module that threads or
 * other machines load exports it.
 *
 * @param problem the same as in the call of {@link bsvrb}.
 * @throws TypeError or RangeError when the problem is wrong; so does the function for inputs that {@link bsvrb} has not
 *   made.
 */
export function blockTask(problem: Blocks): (input: BlockTaskInput) => BlockTaskOutput {
  const blocks: Block[] = blocksOf(problem, 'blockTask: ')
  let [key, update]: [string, BlockUpdate | undefined] = ['', undefined]
  return (input) => {
    const { block, parameters, x, y } = optionsOf(input, 'blockTask: input')
    number(block, 'blockTask: input.block', { integer: true, min: 0, max: blocks.length - 1 })
    if (!(isVector(x) && isVector(y) && typeof parameters === 'object' && parameters !== null))
      refuse('blockTask: input', 'what bsvrb sends', show(input), 'type')
    const wanted = JSON.stringify([x.length, y.length, parameters])
    if (!update || wanted !== key) update = updateOf({ x: x.length, y: y.length }, parameters)
    key = wanted
    const output = outputFor(x.length, y.length, parameters.version)
    update.run(blocks[block], input, output)
    return output
  }
}

// Not instanceof: arrays may be of the realm of another thread.
export const isVector = (value: unknown): value is Float64Array =>
  Object.prototype.toString.call(value) === '[object Float64Array]'
