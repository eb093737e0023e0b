import { number, type Random, type Report, randomFrom, refuse, type Solver, show, solver } from '@opt/core'
import { type Data, examplesOf } from '../supernet/examples.ts'
import { Supernet } from '../supernet/supernet.ts'
import { type Place, restored, saved, type TrainingState } from './checkpoint.ts'
import {
  cosine,
  DESCENT,
  type DescentOptions,
  descentOf,
  SAMPLING,
  type SamplingOptions,
  samplingOf,
} from './settings.ts'
import { Trainer } from './trainer.ts'

/** Options of {@link trainSupernet}; defaults are the paper's: 250 epochs, batches of 256. */
export interface TrainSupernetOptions extends DescentOptions, SamplingOptions {
  /** Seed of paths and examples. Default 0. */
  seed?: number | Random | undefined
  /** Report after so many steps; default: after each epoch. */
  reportEvery?: number | undefined
  /** Go on from the `checkpoint` of an answer. */
  resume?: TrainingState | undefined
}

/** A report of {@link trainSupernet}. */
export interface TrainSupernetReport extends Report {
  epoch: number
  /** Steps done in this epoch. */
  step: number
  /** Mean over the steps of this epoch so far. */
  loss: number
  gradientNorm: number
  /** One distribution, or one for each edge: see {@link PathSampler}. */
  pathProbabilities: Float64Array[]
  /** The smallest and largest probability of an example times N, and the effective number of examples 1 / sum p^2. */
  dataProbabilities: { smallest: number; largest: number; effective: number }
}

/** Answer of {@link trainSupernet}. */
export interface TrainedSupernet {
  supernet: Supernet
  checkpoint: TrainingState
}

/**
 * Trains the shared weights in place, by PA&DA (Lu et al. 2023, as in their code), SPOS or FairNAS.
 *
 * @throws TypeError or RangeError for data, options or a checkpoint that do not fit, before anything changes.
 */
export const trainSupernet: Solver<
  [supernet: Supernet, data: Data, options: TrainSupernetOptions],
  TrainSupernetReport,
  TrainedSupernet
> = solver('trainSupernet', training, {
  maxIterations: Number.MAX_SAFE_INTEGER,
  options: [...DESCENT, ...SAMPLING, 'seed', 'reportEvery', 'resume'],
})

/** The steps of {@link trainSupernet}; the reply to a report says whether to stop, with a checkpoint. */
export function* training(
  supernet: Supernet,
  data: Data,
  options: TrainSupernetOptions,
): Generator<TrainSupernetReport, TrainedSupernet, boolean> {
  if (!(supernet instanceof Supernet)) refuse('supernet', 'a Supernet', show(supernet), 'type')
  if (supernet.fixedPath) refuse('supernet', 'one with all paths', 'the network of one path; use trainAlone')
  const examples = examplesOf(data, supernet.inputs, supernet.classes, 'data')
  const { count } = examples
  const { epochs, batchSize, learningRate, ...step } = descentOf(options, count, { epochs: 250, batchSize: 256 })
  const sampling = samplingOf(options, supernet.space)
  const perEpoch = Math.floor(count / batchSize)
  const every = number(options.reportEvery ?? perEpoch, 'reportEvery', { integer: true, min: 1 })
  const trainer = new Trainer(supernet, examples, { ...sampling, ...step })
  const random = randomFrom(options.seed ?? 0, 'seed')
  const start = { epoch: 0, step: 0, order: new Int32Array(0), sums: [0, 0] as [number, number], random }
  const place: Place = options.resume ? restored(supernet, trainer, options.resume, { epochs, perEpoch, count }) : start

  while (place.epoch < epochs) {
    const tau = place.epoch / epochs
    const rate = cosine(learningRate, place.epoch, epochs)
    if (place.order.length === 0)
      place.order = place.random.shuffle(
        sampling.data && place.epoch > 0 ? trainer.data.draw(place.random) : place.random.permutation(count),
      )
    while (place.step < perEpoch) {
      const indices = place.order.subarray(place.step * batchSize, (place.step + 1) * batchSize)
      const { loss, norm } = sampling.fair
        ? trainer.plainStep(indices, fairPaths(supernet, place.random), rate)
        : trainer.sampledStep(indices, trainer.paths.sample(place.random), rate)
      place.step++
      place.sums[0] += loss
      place.sums[1] += norm
      const failed = !Number.isFinite(loss + norm)
      if (!failed && (place.step % every !== 0 || place.step === perEpoch)) continue
      const report = reportOf(trainer, place)
      if (failed) report.error = NaN
      if (yield report) return { supernet, checkpoint: saved(supernet, trainer, place) }
    }
    const report = reportOf(trainer, place)
    trainer.paths.endEpoch(tau)
    trainer.data.endEpoch(tau)
    place.epoch++
    place.step = 0
    place.order = new Int32Array(0)
    place.sums = [0, 0]
    if (yield report) break
  }
  return { supernet, checkpoint: saved(supernet, trainer, place) }
}

/** O paths: a permutation of the operations for each edge, of which path k has the k-th entries. */
function fairPaths({ space }: Supernet, random: Random): number[][] {
  const orders = space.edges.map(() => random.permutation(space.ops.length))
  return space.ops.map((_, k) => orders.map((order) => order[k]))
}

function reportOf({ paths, data }: Trainer, { epoch, step, sums: [loss, norm] }: Place): TrainSupernetReport {
  let [smallest, largest, squares] = [Infinity, 0, 0]
  for (const p of data.probabilities) {
    if (p < smallest) smallest = p
    if (p > largest) largest = p
    squares += p * p
  }
  return {
    epoch,
    step,
    loss: loss / step,
    gradientNorm: norm / step,
    pathProbabilities: paths.probabilities,
    dataProbabilities: { smallest: smallest * data.count, largest: largest * data.count, effective: 1 / squares },
  }
}
