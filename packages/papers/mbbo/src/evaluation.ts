import { number, refuse, show, wait } from '@opt/core'
import { type BlockTaskInput, isVector, outputFor, updateOf } from './block-task.ts'
import type { Parameters } from './options.ts'
import type { Block } from './problem.ts'
import { checkSample, copySample } from './samplers.ts'
import type { BlockStates } from './state.ts'
import type { BlockInput, BlockOutput } from './versions/block-update.ts'

/** Takes the answer of block i, the p-th of a step. */
type Absorb = (i: number, p: number, output: BlockOutput) => void

/**
 * Evaluates some blocks and gives their answers in order: at once, or, side by side, once a solver has passed on with
 * `yield*` what is returned.
 */
export type Evaluate = (chosen: ArrayLike<number>, absorb: Absorb) => Iterable<never>

/** Returns what evaluates blocks: here, one after the other, or by workers, to the same bits. */
export function evaluation(blocks: Block[], states: BlockStates, parameters: Parameters): Evaluate {
  const { version, alpha, gamma, bounds, sampler, workers } = parameters
  const { x } = states
  const update = { version, alpha, gamma, bounds }
  const prepare = (i: number, first: boolean): BlockInput => {
    const input = states.inputs[i]
    input.sample = checkSample(sampler.sample(i), SAMPLE)
    input.first = first
    states.bring(i)
    return input
  }

  if (!workers) {
    const dimensions = { x: x.length, y: states.dimension }
    const updates = updateOf(dimensions, update)
    const output = outputFor(dimensions.x, dimensions.y, version)
    return (chosen, absorb) => {
      const first = !states.started
      for (let p = 0; p < chosen.length; p++) {
        updates.run(blocks[chosen[p]], prepare(chosen[p], first), output)
        absorb(chosen[p], p, output)
      }
      return DONE
    }
  }

  const send = (i: number, first: boolean): BlockTaskInput => {
    // A copy of a view would copy all of its buffer.
    const { sample, ...rest } = prepare(i, first)
    const copies = Object.fromEntries(
      Object.entries(rest).map(([key, value]) => [key, value instanceof Float64Array ? value.slice() : value]),
    ) as unknown as BlockInput
    return { ...copies, sample: copySample(sample, SAMPLE), block: i, parameters: update }
  }
  return function* (chosen, absorb) {
    const first = !states.started
    const inputs = Array.from(chosen, (i) => send(i, first))
    const outputs = yield* wait(workers.executor.map(workers.task as never, inputs) as Promise<BlockOutput[]>)
    if (!Array.isArray(outputs) || outputs.length !== inputs.length)
      refuse('workers.executor', `one that gives ${inputs.length} answers`, show(outputs), 'type')
    for (let p = 0; p < chosen.length; p++) absorb(chosen[p], p, checkOutput(outputs[p], inputs[p]))
  }
}

const DONE: never[] = []
/** The label of what a sampler draws. */
export const SAMPLE = 'sampler.sample(i)'

/** Refuses blocks that are not I different ones of m; `seen` has m entries, all 0 between calls. */
export function checkChosen(chosen: ArrayLike<number>, blocksPerStep: number, seen: Uint8Array): ArrayLike<number> {
  const label = 'sampler.blocks()'
  if (typeof chosen !== 'object' || chosen === null || chosen.length !== blocksPerStep)
    refuse(label, `an array of ${blocksPerStep} blocks`, show(chosen), 'type')
  for (let p = 0; p < blocksPerStep; p++) {
    const i = chosen[p]
    if (!(Number.isInteger(i) && i >= 0 && i < seen.length)) {
      seen.fill(0)
      number(i, `${label}[${p}]`, { integer: true, min: 0, max: seen.length - 1 })
    }
    if (seen[i]++) {
      seen.fill(0)
      refuse(`${label}[${p}]`, 'a block that is not in the step already', `${i} again`)
    }
  }
  for (let p = 0; p < blocksPerStep; p++) seen[chosen[p]] = 0
  return chosen
}

function checkOutput(output: BlockOutput, input: BlockTaskInput): BlockOutput {
  const lengths = { s: input.s.length, tracked: input.tracked.length, G: input.x.length, previousG: input.x.length }
  for (const [key, length] of Object.entries(lengths)) {
    const value = output?.[key as 's']
    if (!isVector(value) || value.length !== length)
      refuse(`workers.task's answer.${key}`, `a Float64Array of length ${length}`, show(value), 'type')
  }
  return output
}
