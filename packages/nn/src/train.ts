import {
  callback,
  number,
  options as optionsOf,
  Random,
  type RandomState,
  random,
  refuse,
  type Solver,
  show,
  solver,
} from '@opt/core'
import type { Examples } from './examples.ts'
import type { Inputs, Targets } from './intake.ts'
import type { DenseNetwork } from './network.ts'
import type { NetworkState } from './state.ts'

/**
 * What {@link train} needs of an optimizer; all of @opt/optimizers have it. A checkpoint needs `state` and `load` as well; `load` must
 * throw before it changes anything.
 */
export interface Stepper {
  step(gradients: never): void
  state?(): unknown
  load?(state: never): void
}

/** One step, before the optimizer moves: `network.lastOutputs` are the batch's outputs. */
export interface Batch {
  /** Steps done before this one. */
  step: number
  /** The examples of the batch; valid until the next one. */
  indices: Int32Array
  /** The mean loss of the batch. */
  loss: number
}

export interface TrainOptions {
  /** Made for `network.parameters`. Its learning rate may be a schedule. */
  optimizer: Stepper
  /** What the optimizer is given (default `network.gradients`); `network.named(network.gradients)` for one made for named parameters. */
  gradients?: unknown
  /** Steps to take, or... */
  steps?: number
  /** ... passes through the data, of floor(n / batchSize) steps each; may be broken. */
  epochs?: number
  /** At most the number of examples, which it falls to (default 128). What does not fill a batch is left for that epoch. */
  batchSize?: number
  /** Of the order of examples: an integer, or a generator to draw from (default 0). */
  seed?: number | Random
  /** Steps between reports (default: one report an epoch). */
  reportEvery?: number
  /** Adds measures to each report. */
  evaluate?: (network: DenseNetwork) => Record<string, number>
  onBatch?: (batch: Batch) => void
  /** Goes on from a checkpoint, under the same options, to the same bits. Refused as a whole where a part does not fit. */
  resume?: Checkpoint
}

/** How training stands. */
export interface TrainReport {
  /** NaN once the loss is no number any more. */
  error?: number
  /** Steps done. */
  step: number
  /** Passes through the data done; broken within one. */
  epoch: number
  /** Mean loss of the batches since the last report. */
  loss: number
  /** What `evaluate` adds. */
  [measure: string]: number | undefined
}

/** Everything needed to go on: plain JSON. */
export interface Checkpoint {
  step: number
  /** Of the present epoch. */
  order: number[]
  random: RandomState
  network: NetworkState
  /** Null when the optimizer saves no state. */
  optimizer: unknown
}

export interface Trained {
  network: DenseNetwork
  checkpoint: Checkpoint
}

type Data = Examples | { inputs: Inputs; targets: Targets }

const generatorOf = ({ resume, seed = 0 }: { resume?: Checkpoint; seed?: number | Random }): Random => {
  if (resume) {
    try {
      return new Random(resume.random)
    } catch {
      refuse('resume.random', 'the state of a generator', show(resume.random), 'type')
    }
  }
  return seed instanceof Random ? seed : random(number(seed, 'seed', { integer: true }))
}

/**
 * Trains the network in place, batch by batch; the order of examples is drawn anew for each epoch.
 *
 * @throws TypeError or RangeError for data, options or a checkpoint that do not fit, before anything changes: a checkpoint's network,
 *   optimizer, order and generator are taken over together or not at all. As the optimizer does, for a step that it refuses.
 */
export const train: Solver<[network: DenseNetwork, data: Data, options: TrainOptions], TrainReport, Trained> = solver(
  'train',
  function* (network: DenseNetwork, data: Data, options: TrainOptions): Generator<TrainReport, Trained, boolean> {
    const { optimizer, evaluate, onBatch, resume } = optionsOf(options, 'options')
    if (typeof network?.lossAndGradientAt !== 'function') refuse('network', 'a network', show(network), 'type')
    if (typeof data !== 'object' || data === null) refuse('data', 'inputs and targets', show(data), 'type')
    const gradients = (options.gradients ?? network.gradients) as never
    if (typeof optimizer?.step !== 'function')
      refuse('optimizer', 'an object with step(gradients)', show(optimizer), 'type')
    const examples = 'count' in data ? data : network.examples(data.inputs, data.targets)
    const { count } = examples
    const batchSize = Math.min(count, number(options.batchSize ?? 128, 'batchSize', { integer: true, min: 1 }))
    const perEpoch = Math.floor(count / batchSize)
    const total = stepsOf(options, perEpoch)
    const every = number(options.reportEvery ?? perEpoch, 'reportEvery', { integer: true, min: 1 })
    for (const [name, given] of Object.entries({ evaluate, onBatch })) if (given !== undefined) callback(given, name)
    const chance = generatorOf(options)
    const order = Int32Array.from({ length: count }, (_, i) => i)
    let step = resume ? restore(network, optimizer, resume, order) : 0
    const checkpoint = (): Checkpoint => ({
      step,
      order: Array.from(order),
      random: chance.state(),
      network: network.state(),
      optimizer: optimizer.state?.() ?? null,
    })

    let sum = 0
    let batches = 0
    while (step < total) {
      const place = step % perEpoch
      if (place === 0) chance.shuffle(order)
      const indices = order.subarray(place * batchSize, (place + 1) * batchSize)
      const loss = network.lossAndGradientAt(examples, indices)
      if (Number.isFinite(loss)) {
        onBatch?.({ step, indices, loss })
        optimizer.step(gradients)
        network.updateStatistics()
      }
      step++
      sum += loss
      batches++
      const failed = !Number.isFinite(loss)
      if (step % every !== 0 && step < total && !failed) continue
      const report = { step, epoch: step / perEpoch, loss: sum / batches, ...evaluate?.(network) }
      sum = 0
      batches = 0
      if (yield failed ? { ...report, error: NaN } : report) break
    }
    return { network, checkpoint: checkpoint() }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER },
)

function stepsOf({ steps, epochs }: { steps?: number; epochs?: number }, perEpoch: number): number {
  if ((steps === undefined) === (epochs === undefined))
    refuse('steps', 'given, or epochs, and not both', `${steps}, ${epochs}`)
  if (steps !== undefined) return number(steps, 'steps', { integer: true, min: 0 })
  return Math.round(number(epochs, 'epochs', { nonnegative: true }) * perEpoch)
}

/** Puts everything where the checkpoint left it, or refuses it and leaves all as it is. Returns the steps done. */
function restore(network: DenseNetwork, optimizer: Stepper, resume: Checkpoint, order: Int32Array): number {
  number(resume.step, 'resume.step', { integer: true, min: 0 })
  checkOrder(resume.order, order.length)
  // A twin finds out whether the network's state is one; the network itself changes last, when nothing can fail any more.
  network.clone({ batch: 1 }).load(resume.network)
  if (resume.optimizer === null) {
    if (optimizer.state) refuse('resume.optimizer', 'a state of the optimizer', 'null')
  } else if (!optimizer.load)
    refuse('optimizer', 'one with load(state), to go on from a checkpoint', 'one without', 'type')
  else optimizer.load(resume.optimizer as never)
  network.load(resume.network)
  order.set(resume.order)
  return resume.step
}

/** Refuses what is not each of the examples once. */
function checkOrder(order: readonly number[], count: number): void {
  if (!Array.isArray(order)) refuse('resume.order', 'an array', show(order), 'type')
  if (order.length !== count) refuse('resume.order', `of length ${count}`, `length ${order.length}`)
  const seen = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    number(order[i], `resume.order[${i}]`, { integer: true, min: 0, max: count - 1 })
    if (seen[order[i]]++) refuse(`resume.order[${i}]`, 'an example that stands there once', `${order[i]} again`)
  }
}
