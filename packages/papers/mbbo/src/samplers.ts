import { number, options as optionsOf, Random, type RandomState, randomFrom, refuse, show, vector } from '@opt/core'
import type { BlockSample } from './versions/block-update.ts'

/** Draws which blocks a step samples, and which data of each. */
export interface Sampler<UpperBatch = ArrayLike<number>, LowerBatch = UpperBatch> {
  /** I, the number of blocks in a step. */
  readonly blocksPerStep: number
  /** Returns the blocks of the next step: I different numbers, valid until the next call. */
  blocks(): ArrayLike<number>
  /**
   * Returns what block i is looked at with, at both points of a step: batches of its two levels, or undefined for all
   * data. Called once for each block before the first step, then once for each block of a step, in their order; valid
   * until the next call.
   */
  sample(i: number): BlockSample<UpperBatch, LowerBatch> | undefined
  /** Returns the state from which {@link load} goes on, as JSON; runs save it. */
  state?(): unknown
  load?(state: never): void
}

/** Options of {@link blockSampler}. */
export interface BlockSamplerOptions {
  /** m */
  blocks: number
  /** I. Default half of the blocks, at least 2 if there are 2. */
  blocksPerStep?: number | undefined
  /** Numbers of examples of the levels; a level without is given all data. For all blocks, or a list with one for each. */
  examples?:
    | { upper?: number | ArrayLike<number> | undefined; lower?: number | ArrayLike<number> | undefined }
    | undefined
  /** B, examples in a batch, at most all there are; default all. */
  batchSize?: number | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

/** I of runs that name none: half of the blocks, at least 2 if there are 2. */
export const halfOf = (m: number): number => Math.min(m, Math.max(2, Math.ceil(m / 2)))

/**
 * Draws blocks without repetition, uniformly, and batches of different examples of each. The same seed draws the same;
 * the arrays are used again in the next call.
 *
 * @throws TypeError or RangeError when an option is wrong.
 */
export function blockSampler(
  options: BlockSamplerOptions,
): Sampler & { state(): RandomState; load(state: RandomState): void } {
  const name = 'blockSampler: '
  const names = ['blocks', 'blocksPerStep', 'examples', 'batchSize', 'seed'] as const
  const { blocks, blocksPerStep, examples, batchSize, seed = 0 } = optionsOf(options, `${name}options`, names)
  const whole = { integer: true, min: 1, max: 2147483647 }
  const m = number(blocks, `${name}blocks`, whole)
  const I = number(blocksPerStep ?? halfOf(m), `${name}blocksPerStep`, { ...whole, max: m })
  if (batchSize !== undefined) number(batchSize, `${name}batchSize`, whole)
  let rng = randomFrom(seed, `${name}seed`)
  const given = optionsOf(examples, `${name}examples`, ['upper', 'lower'])
  const counts = (level: 'upper' | 'lower'): Float64Array | undefined => {
    const count = given[level]
    if (count === undefined) return undefined
    const label = `${name}examples.${level}`
    const all = typeof count === 'number' ? new Float64Array(m).fill(count) : vector(count, label, { length: m })
    for (const n of all) number(n, label, whole)
    return all.slice()
  }
  const most = (all: Float64Array | undefined) => all?.reduce((a, b) => Math.max(a, b)) ?? 0
  const level = (all: Float64Array | undefined) => {
    if (!all || batchSize === undefined) return () => undefined
    const batch = new Int32Array(Math.min(batchSize, most(all)))
    const draw = new Draw(most(all))
    // Views of each length are made once.
    const views = new Map<number, Int32Array>(
      [...all].map((n) => [Math.min(batchSize, n), batch.subarray(0, Math.min(batchSize, n))]),
    )
    return (i: number) => draw.distinct(rng, all[i], views.get(Math.min(batchSize, all[i]))!)
  }
  const [upper, lower] = [level(counts('upper')), level(counts('lower'))]
  const chosen = new Int32Array(I)
  const draw = new Draw(m)
  const sample: BlockSample = { upper: undefined, lower: undefined }
  return {
    blocksPerStep: I,
    blocks: () => draw.distinct(rng, m, chosen),
    sample(i) {
      if (!(Number.isInteger(i) && i >= 0 && i < m)) number(i, 'sample: i', { integer: true, min: 0, max: m - 1 })
      sample.lower = lower(i)
      sample.upper = upper(i)
      return sample
    },
    state: () => rng.state(),
    load(state) {
      rng = new Random(state)
    },
  }
}

/** Draws distinct numbers (Floyd's method). */
export class Draw {
  readonly #seen: Uint8Array

  constructor(most: number) {
    this.#seen = new Uint8Array(most)
  }

  /** Fills `out` with different numbers below n, each set of them equally likely. */
  distinct(rng: Random, n: number, out: Int32Array): Int32Array {
    const seen = this.#seen
    for (let k = 0; k < out.length; k++) {
      const last = n - out.length + k
      const drawn = rng.integer(0, last + 1)
      out[k] = seen[drawn] ? last : drawn
      seen[out[k]] = 1
    }
    for (let k = 0; k < out.length; k++) seen[out[k]] = 0
    return out
  }
}

/** What a sampler drew, in order. */
export interface Recording<UpperBatch = ArrayLike<number>, LowerBatch = UpperBatch> {
  /** The blocks of each step. */
  blocks: ArrayLike<number>[]
  /** The samples of all blocks, in the order in which they were drawn. */
  samples: (BlockSample<UpperBatch, LowerBatch> | undefined)[]
}

/**
 * Returns a sampler that draws what another one draws, and copies all of it to `recording`, for {@link replaySampler}.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function recordSampler<U, L>(sampler: Sampler<U, L>): Sampler<U, L> & { readonly recording: Recording<U, L> } {
  checkSampler(sampler, 'recordSampler: sampler')
  const recording: Recording<U, L> = { blocks: [], samples: [] }
  return {
    blocksPerStep: sampler.blocksPerStep,
    recording,
    blocks() {
      const label = 'recordSampler: sampler.blocks()'
      const blocks = vector(sampler.blocks(), label, { length: sampler.blocksPerStep })
      recording.blocks.push(Int32Array.from(blocks))
      return blocks
    },
    sample(i) {
      const sample = sampler.sample(i)
      recording.samples.push(copySample(sample, 'recordSampler: sampler.sample(i)'))
      return sample
    },
  }
}

/**
 * Returns a sampler that gives what was recorded, from the start: the same blocks and samples for another version,
 * method or step size.
 *
 * @returns its methods throw a RangeError after the last step of the recording.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function replaySampler<U, L>(recording: Recording<U, L>): Sampler<U, L> {
  const name = 'replaySampler: '
  const { blocks, samples } = optionsOf(recording, `${name}recording`)
  if (!Array.isArray(blocks)) refuse(`${name}recording.blocks`, 'an array', show(blocks), 'type')
  if (!Array.isArray(samples)) refuse(`${name}recording.samples`, 'an array', show(samples), 'type')
  if (blocks.length === 0) refuse(`${name}recording.blocks`, 'nonempty', 'an array of length 0')
  const steps = blocks.map((step, k) => vector(step, `${name}recording.blocks[${k}]`, { length: blocks[0].length }))
  let [step, draw] = [0, 0]
  const next = (count: number, at: number, label: string) => {
    if (at >= count) refuse(`${name}recording.${label}`, `longer for so many steps`, `length ${count}`)
    return at
  }
  return {
    blocksPerStep: steps[0].length,
    blocks: () => steps[next(steps.length, step++, 'blocks')],
    sample: () => samples[next(samples.length, draw++, 'samples')],
  }
}

/** Refuses what is no sample. */
export function checkSample<U, L>(sample: BlockSample<U, L> | undefined, label: string): BlockSample<U, L> | undefined {
  if (sample !== undefined && (typeof sample !== 'object' || sample === null))
    refuse(label, 'undefined or an object with upper and lower', show(sample), 'type')
  return sample
}

/** Copies a sample, whose arrays its sampler uses again. */
export function copySample<U, L>(sample: BlockSample<U, L> | undefined, label: string): BlockSample<U, L> | undefined {
  checkSample(sample, label)
  try {
    return structuredClone(sample)
  } catch {
    return refuse(label, 'a value that can be cloned', show(sample), 'type')
  }
}

/** Refuses what is no sampler. */
export function checkSampler(sampler: unknown, label: string): void {
  const { blocksPerStep, blocks, sample, state, load } = optionsOf(sampler as Sampler, label)
  number(blocksPerStep, `${label}.blocksPerStep`, { integer: true, min: 1 })
  for (const [key, value] of Object.entries({ blocks, sample }))
    if (typeof value !== 'function') refuse(`${label}.${key}`, 'a function', show(value), 'type')
  for (const [key, value] of Object.entries({ state, load }))
    if (value !== undefined && typeof value !== 'function') refuse(`${label}.${key}`, 'a function', show(value), 'type')
}
