import { callback, number, refuse, type Solver, show, solver } from '@opt/core'
import type { Examples } from '../data/examples.ts'
import type { Inputs, Targets } from '../data/intake.ts'
import type { DenseNetwork } from '../network/network.ts'
import type { WeightOptions } from '../oracles/loss-options.ts'
import { restore, shuffleGenerator } from './checkpoint.ts'
import type { Trained, TrainOptions, TrainReport } from './options.ts'

type Data = Examples | ({ inputs: Inputs; targets: Targets } & WeightOptions)

/**
 * Trains the network in place, batch by batch; every epoch shuffles the examples.
 *
 * @throws TypeError or RangeError for data, options or a checkpoint that do not fit, before anything changes; and
 *   whatever the optimizer throws for a step that it refuses.
 */
export const train: Solver<[network: DenseNetwork, data: Data, options: TrainOptions], TrainReport, Trained> = solver(
  'train',
  function* (network, data, options) {
    const { optimizer, evaluate, onBatch, resume } = options
    if (typeof network?.lossAndGradientAt !== 'function') refuse('network', 'a network', show(network), 'type')
    if (typeof data !== 'object' || data === null) refuse('data', 'inputs and targets', show(data), 'type')
    if (typeof optimizer?.step !== 'function')
      refuse('optimizer', 'an object with step(gradients)', show(optimizer), 'type')
    const gradients = (options.gradients ?? network.gradients) as never
    const examples = 'count' in data ? data : network.examples(data.inputs, data.targets, { weights: data.weights })
    const { count } = examples
    const batchSize = Math.min(count, number(options.batchSize ?? 128, 'batchSize', { integer: true, min: 1 }))
    const perEpoch = Math.floor(count / batchSize)
    const total = stepsOf(options, perEpoch)
    const every = number(options.reportEvery ?? perEpoch, 'reportEvery', { integer: true, min: 1 })
    for (const [name, given] of Object.entries({ evaluate, onBatch })) if (given !== undefined) callback(given, name)
    const random = shuffleGenerator(options)
    const order = Int32Array.from({ length: count }, (_, i) => i)
    let step = resume ? restore(network, optimizer, resume, order) : 0

    let sum = 0
    let batches = 0
    while (step < total) {
      const place = step % perEpoch
      if (place === 0) random.shuffle(order)
      const indices = order.subarray(place * batchSize, (place + 1) * batchSize)
      network.drawNoise(Math.min(batchSize, network.batch))
      const loss = network.lossAndGradientAt(examples, indices)
      const failed = !Number.isFinite(loss)
      if (!failed) {
        onBatch?.({ step, indices, loss })
        optimizer.step(gradients)
        network.updateStatistics()
      }
      step++
      sum += loss
      batches++
      if (step % every !== 0 && step < total && !failed) continue
      const report: TrainReport = { step, epoch: step / perEpoch, loss: sum / batches, ...evaluate?.(network) }
      sum = 0
      batches = 0
      if (failed) report.error = NaN
      const stop = yield report
      if (stop) break
    }
    return {
      network,
      checkpoint: {
        step,
        order: Array.from(order),
        random: random.state(),
        network: network.state(),
        optimizer: optimizer.state?.() ?? null,
      },
    }
  },
  {
    maxIterations: Number.MAX_SAFE_INTEGER,
    options: [
      'optimizer',
      'gradients',
      'steps',
      'epochs',
      'batchSize',
      'seed',
      'reportEvery',
      'evaluate',
      'onBatch',
      'resume',
    ],
  },
)

function stepsOf({ steps, epochs }: TrainOptions, perEpoch: number): number {
  if ((steps === undefined) === (epochs === undefined))
    refuse('steps', 'given, or epochs, and not both', `${steps}, ${epochs}`)
  if (steps !== undefined) return number(steps, 'steps', { integer: true, min: 0 })
  return Math.round(number(epochs, 'epochs', { nonnegative: true }) * perEpoch)
}
