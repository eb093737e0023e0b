import { number, oneOf, random } from '@opt/core'
import type { ActivationName, NormLayers, Precision, Real } from '@opt/nn'
import { ForgettingTracker } from './forgetting.ts'
import { grand } from './grand.ts'
import { checkClasses, checkLabels, rowsOf } from './intake.ts'
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

/** The scores of all examples by one network. */
export function scoreJob(job: ScoreJob): Float64Array {
  const { inputs, labels, sizes, score = 'el2n', layers = 'all', activation = 'relu', dtype = 'float32', seed } = job
  const { batchSize = 128, learningRate = 0.1, weightDecay = 5e-4, schedule = 'constant' } = job
  oneOf(score, 'score', ['el2n', 'el1n', 'margin', 'grand', 'forgetting'])
  const classes = checkClasses(sizes?.[sizes.length - 1])
  const epochs = number(job.epochs ?? (score === 'forgetting' ? 15 : 2), 'epochs', { nonnegative: true })
  rowsOf(inputs, sizes[0], 'inputs')
  const n = inputs.length / sizes[0]
  checkLabels(labels, n, classes)

  const chance = random(seed)
  const network = createMlp(sizes, { activation, dtype, seed: chance, batch: batchSize })
  const tracker = new ForgettingTracker(n)
  train(
    network,
    { inputs, targets: labels },
    {
      ...{ epochs, batchSize, learningRate, weightDecay, schedule, seed: chance },
      onBatch: ({ indices }) => {
        if (score !== 'forgetting') return
        const own = Int32Array.from(indices, (i) => labels[i])
        tracker.update(indices, correct(network.lastOutputs, own, { classes }))
      },
    },
  )
  if (score === 'forgetting') return tracker.scores()
  if (score === 'grand') return grand(network, inputs, labels, { layers })
  const logits = network.predict(inputs)
  if (score === 'margin') return margin(logits, labels, { classes })
  return el2n(logits, labels, { classes, norm: score === 'el1n' ? 1 : 2 })
}
