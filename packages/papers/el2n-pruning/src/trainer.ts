import {
  number,
  type Outcome,
  oneOf,
  options as optionsOf,
  type Random,
  refuse,
  type SolveOptions,
  show,
} from '@opt/core'
import {
  type ActivationName,
  type Batch,
  type Checkpoint,
  type DenseNetwork,
  type Examples,
  type Inputs,
  mlp,
  type Precision,
  type Targets,
  type Trained,
  type TrainOptions,
  type TrainReport,
  train as trainNetwork,
} from '@opt/nn'
import { cosineDecay, SGD } from '@opt/optimizers'
import { calling, checkNetwork } from './intake.ts'

/** A network for classification: relu, He initialisation, softmax cross-entropy. */
export function createMlp(
  sizes: readonly number[],
  given: { activation?: ActivationName; seed?: number | Random; dtype?: Precision; batch?: number } = {},
): DenseNetwork {
  return calling('createMlp', () => mlp({ dtype: 'float32', ...optionsOf(given, 'options'), sizes }))
}

/** How a classifier is trained; the defaults are the paper's but for the length. */
export interface Recipe {
  /** Steps to take, or `epochs`. Give every subset the same number of steps. */
  steps?: number
  epochs?: number
  /** Default 128. */
  batchSize?: number
  /** Default 0.1. */
  learningRate?: number
  /** Default 0.9. */
  momentum?: number
  /** Default true. */
  nesterov?: boolean
  /** Coupled, on weights and not on biases (default 5e-4). */
  weightDecay?: number
  /** 'cosine' (default) falls to 0 over the steps. */
  schedule?: 'cosine' | 'constant'
  /** Of the order of examples (default 0). */
  seed?: number | Random
  onBatch?: (batch: Batch) => void
  resume?: Checkpoint
}

/** Trains in place by SGD with Nesterov momentum. */
export function train(
  network: DenseNetwork,
  data: Examples | { inputs: Inputs; targets: Targets },
  recipe: Recipe & Pick<TrainOptions, 'evaluate' | 'reportEvery'> & SolveOptions<TrainReport>,
): Trained & Outcome<TrainReport> {
  return calling('train', () => {
    const settings = optionsOf(recipe, 'recipe')
    const {
      learningRate = 0.1,
      momentum = 0.9,
      nesterov = true,
      weightDecay = 5e-4,
      schedule = 'cosine',
      ...loop
    } = settings
    oneOf(schedule, 'schedule', ['cosine', 'constant'])
    number(learningRate, 'learningRate', { nonnegative: true })
    if (typeof data !== 'object' || data === null) refuse('data', 'inputs and targets', show(data), 'type')
    checkNetwork(network)
    const examples = 'count' in data ? data : network.examples(data.inputs, data.targets)
    const parameters = network.named()
    const optimizer = new SGD(parameters, {
      learningRate:
        schedule === 'cosine'
          ? cosineDecay(learningRate, Math.max(1, stepsOf(settings, examples.count)))
          : learningRate,
      momentum,
      nesterov,
      groups: [{ parameters: Object.keys(parameters).filter((name) => name.startsWith('weight')), l2: weightDecay }],
    })
    return trainNetwork(network, examples, { ...loop, optimizer, gradients: network.named(network.gradients) })
  })
}

/** Steps of a recipe on so many examples, as the training loop counts them. */
function stepsOf({ steps, epochs = 0, batchSize = 128 }: Recipe, count: number): number {
  if (steps !== undefined) return number(steps, 'steps', { integer: true, min: 0 })
  const perEpoch = Math.floor(count / Math.min(number(batchSize, 'batchSize', { integer: true, min: 1 }), count))
  return Math.round(number(epochs, 'epochs', { nonnegative: true }) * perEpoch)
}
