import { calling, number, oneOf, options, random, refuse, show } from '@opt/core'
import type { ActivationName, NormLayers, Precision, Real } from '@opt/nn'
import { checkClasses, checkLabels, checkRows, isTyped } from '../intake.ts'
import { correct } from '../scores/correct.ts'
import { el2n } from '../scores/el2n.ts'
import { ForgettingTracker } from '../scores/forgetting.ts'
import { margin } from '../scores/margin.ts'
import { createMlp, train } from './trainer.ts'

export type ScoreName = 'el2n' | 'el1n' | 'margin' | 'grand' | 'forgetting'

/** The work of one scoring network, as plain data that any executor can send. */
export interface ScoreJob {
  /** n x sizes[0], flat and row-major. */
  inputs: Real
  /** n classes. */
  labels: ArrayLike<number>
  /** Numbers of units, from the inputs to the classes: `[196, 128, 10]`. */
  sizes: readonly number[]
  /** Default 'el2n'. */
  score?: ScoreName
  /**
   * Epochs of training before the network scores. Default 2, for 'forgetting' 15; 0 scores at
   * initialisation.
   */
  epochs?: number
  /** For 'grand': the layers whose parameters count. Default 'all'. */
  layers?: Exclude<NormLayers, 'each'>
  /** Of the hidden layers. Default 'relu'. */
  activation?: ActivationName
  /** Default 128. */
  batchSize?: number
  /** Default 0.1. */
  learningRate?: number
  /** On weights, not on biases. Default 5e-4. */
  weightDecay?: number
  /** Default 'constant': the learning rate hardly falls in the first epochs of a long training. */
  schedule?: 'cosine' | 'constant'
  /** Default 'float32'. */
  dtype?: Precision
  /** Of the initial weights and of the order of examples. */
  seed: number
}

/** The names of a job's options but the seed. */
export const RECIPE = [
  'sizes',
  'score',
  'epochs',
  'layers',
  'activation',
  'batchSize',
  'learningRate',
  'weightDecay',
  'schedule',
  'dtype',
] as const

const JOB = [...RECIPE, 'inputs', 'labels', 'seed'] as const

/** Checks a job, before any work starts or is sent, and fills in the defaults. */
export function checkJob(job: ScoreJob): Required<ScoreJob> {
  const given = options(job, 'job')
  const { score = 'el2n', layers = 'all', activation = 'relu', dtype = 'float32', sizes, seed } = given
  const { batchSize = 128, learningRate = 0.1, weightDecay = 5e-4, schedule = 'constant' } = given
  oneOf(score, 'score', ['el2n', 'el1n', 'margin', 'grand', 'forgetting'])
  oneOf(layers, 'layers', ['all', 'last'])
  oneOf(schedule, 'schedule', ['cosine', 'constant'])
  if (!Array.isArray(sizes) || sizes.length < 2)
    refuse('sizes', 'an array of at least two numbers of units', show(sizes), 'type')
  for (const [l, size] of sizes.entries()) number(size, `sizes[${l}]`, { integer: true, min: 1 })
  const classes = checkClasses(sizes[sizes.length - 1])
  // The smallest network checks these two, before one of full size is allocated.
  createMlp([1, 2], { activation, dtype })
  const inputs = checkRows(given.inputs, sizes[0], 'inputs')
  return {
    score,
    layers,
    activation,
    dtype,
    sizes,
    schedule,
    inputs: isTyped(inputs) ? (inputs as Real) : Float64Array.from(inputs),
    labels: checkLabels(given.labels, inputs.length / sizes[0], classes),
    epochs: number(given.epochs ?? (score === 'forgetting' ? 15 : 2), 'epochs', { nonnegative: true }),
    batchSize: number(batchSize, 'batchSize', { integer: true, min: 1 }),
    learningRate: number(learningRate, 'learningRate', { nonnegative: true }),
    weightDecay: number(weightDecay, 'weightDecay', { nonnegative: true }),
    seed: number(seed, 'seed', { integer: true }),
  }
}

/**
 * Trains one network and scores all examples with it.
 *
 * @throws TypeError or RangeError for a job that is wrong, and when training diverges.
 */
export function scoreJob(job: ScoreJob): Float64Array {
  return calling('scoreJob', () => runJob(checkJob(options(job, 'job', JOB))))
}

/** {@link scoreJob} of a checked job. */
export function runJob(job: Required<ScoreJob>): Float64Array {
  const { inputs, labels, sizes, score, epochs, layers, activation, dtype } = job
  const { batchSize, learningRate, weightDecay, schedule } = job
  const classes = sizes[sizes.length - 1]
  const rng = random(job.seed)
  const network = createMlp(sizes, { activation, dtype, seed: rng, batch: batchSize })
  const tracker = new ForgettingTracker(labels.length)
  const { status } = train(
    network,
    { inputs, targets: labels },
    {
      epochs,
      batchSize,
      learningRate,
      weightDecay,
      schedule,
      seed: rng,
      onBatch({ indices }) {
        if (score !== 'forgetting') return
        const own = Int32Array.from(indices, (i) => labels[i])
        tracker.update(indices, correct(network.lastOutputs, own, { classes }))
      },
    },
  )
  if (status === 'diverged') refuse('learningRate', 'one with which training does not diverge', show(learningRate))
  if (score === 'forgetting') return tracker.scores()
  if (score === 'grand') return network.perExampleGradientNorms(inputs, labels, { layers })
  const logits = network.predict(inputs)
  if (!logits.every(Number.isFinite)) refuse('inputs', 'such that all outputs are finite', 'larger ones')
  if (score === 'margin') return margin(logits, labels, { classes })
  return el2n(logits, labels, { classes, norm: score === 'el1n' ? 1 : 2 })
}
