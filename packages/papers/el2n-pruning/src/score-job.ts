import { number, oneOf, options, random, refuse, show } from '@opt/core'
import type { ActivationName, NormLayers, Precision, Real } from '@opt/nn'
import { ForgettingTracker } from './forgetting.ts'
import { calling, checkClasses, isTyped, labelsOf, rowsOf } from './intake.ts'
import { correct, el2n, margin } from './scores.ts'
import { createMlp, train } from './trainer.ts'

export type ScoreName = 'el2n' | 'el1n' | 'margin' | 'grand' | 'forgetting'

/** What one scoring network is: plain data, for any executor. */
export interface ScoreJob {
  /** n x sizes[0], flat and row-major. */
  inputs: Real
  labels: ArrayLike<number>
  /** Units from the inputs to the classes: `[196, 128, 10]`. */
  sizes: readonly number[]
  /** Default 'el2n'. */
  score?: ScoreName
  /** How long the network trains before it scores (default 2, for 'forgetting' 15); 0: at initialisation. */
  epochs?: number
  /** For 'grand': in which layers' parameters (default 'all'). */
  layers?: Exclude<NormLayers, 'each'>
  activation?: ActivationName
  batchSize?: number
  learningRate?: number
  weightDecay?: number
  /** Default 'constant': the learning rate of so early a time. */
  schedule?: 'cosine' | 'constant'
  dtype?: Precision
  /** Of the initial weights and of the order of examples. */
  seed: number
}

/** A job with its defaults, checked before any work starts or is sent. */
export function checkedJob(job: ScoreJob): Required<ScoreJob> {
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
  // What a network says to them, before one of full size is made.
  createMlp([1, 2], { activation, dtype })
  const inputs = rowsOf(given.inputs, sizes[0], 'inputs')
  return {
    ...{ score, layers, activation, dtype, sizes, schedule },
    inputs: isTyped(inputs) ? (inputs as Real) : Float64Array.from(inputs),
    labels: labelsOf(given.labels, inputs.length / sizes[0], classes),
    epochs: number(given.epochs ?? (score === 'forgetting' ? 15 : 2), 'epochs', { nonnegative: true }),
    batchSize: number(batchSize, 'batchSize', { integer: true, min: 1 }),
    learningRate: number(learningRate, 'learningRate', { nonnegative: true }),
    weightDecay: number(weightDecay, 'weightDecay', { nonnegative: true }),
    seed: number(seed, 'seed', { integer: true }),
  }
}

/**
 * The scores of all examples by one network.
 *
 * @throws TypeError or RangeError for what is no job, and when training diverges
 */
export function scoreJob(job: ScoreJob): Float64Array {
  return calling('scoreJob', () => scoresOfJob(checkedJob(job)))
}

/** {@link scoreJob} of a checked job. */
export function scoresOfJob(job: Required<ScoreJob>): Float64Array {
  const { inputs, labels, sizes, score, epochs, layers, activation, dtype, batchSize, learningRate } = job
  const classes = sizes[sizes.length - 1]
  const chance = random(job.seed)
  const network = createMlp(sizes, { activation, dtype, seed: chance, batch: batchSize })
  const tracker = new ForgettingTracker(labels.length)
  const { status } = train(
    network,
    { inputs, targets: labels },
    {
      ...{ epochs, batchSize, learningRate, weightDecay: job.weightDecay, schedule: job.schedule, seed: chance },
      onBatch: ({ indices }) => {
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
