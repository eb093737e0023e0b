import {
  calling,
  number,
  type Outcome,
  oneOf,
  options as optionsOf,
  type Random,
  refuse,
  SOLVE_OPTIONS,
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
import { checkNetwork } from '../intake.ts'

/** Options of {@link createMlp}. */
export interface CreateMlpOptions {
  /** Of the hidden layers. Default 'relu'. */
  activation?: ActivationName
  /** Of the initial weights, or a generator to draw from. Default 0. */
  seed?: number | Random
  /** Default 'float32'. */
  dtype?: Precision
  /** The number of examples processed at a time. Default 128. */
  batch?: number
}

/** Creates a dense network for classification, with He initialisation and softmax cross-entropy. */
export function createMlp(sizes: readonly number[], given: CreateMlpOptions = {}): DenseNetwork {
  return calling('createMlp', () =>
    mlp({ dtype: 'float32', ...optionsOf(given, 'options', ['activation', 'seed', 'dtype', 'batch']), sizes }),
  )
}

/** How a classifier is trained. The defaults are the paper's; give the length as `steps` or as `epochs`. */
export interface Recipe {
  /** The number of steps; to compare subsets, give each of them the same. */
  steps?: number
  /** Passes through the data. */
  epochs?: number
  /** Default 128. */
  batchSize?: number
  /** Default 0.1. */
  learningRate?: number
  /** Default 0.9. */
  momentum?: number
  /** Default true. */
  nesterov?: boolean
  /** Coupled penalty on weights, not on biases. Default 5e-4. */
  weightDecay?: number
  /** 'cosine' (default) decays to 0 over the steps. */
  schedule?: 'cosine' | 'constant'
  /** Of the order of examples, or a generator to draw from. Default 0. */
  seed?: number | Random
  /** Called with each batch before the step on it. */
  onBatch?: (batch: Batch) => void
  /** A checkpoint to go on from. */
  resume?: Checkpoint
}

const RECIPE = [
  'steps',
  'epochs',
  'batchSize',
  'seed',
  'onBatch',
  'resume',
  'evaluate',
  'reportEvery',
  'learningRate',
  'momentum',
  'nesterov',
  'weightDecay',
  'schedule',
  ...SOLVE_OPTIONS,
] as const

/**
 * Trains a network in place by SGD with Nesterov momentum.
 *
 * @throws TypeError or RangeError for a network, data or a recipe that are wrong.
 */
export function train(
  network: DenseNetwork,
  data: Examples | { inputs: Inputs; targets: Targets },
  recipe: Recipe & Pick<TrainOptions, 'evaluate' | 'reportEvery'> & SolveOptions<TrainReport>,
): Trained & Outcome<TrainReport> {
  return calling('train', () => {
    const given = optionsOf(recipe, 'recipe', RECIPE)
    const {
      learningRate = 0.1,
      momentum = 0.9,
      nesterov = true,
      weightDecay = 5e-4,
      schedule = 'cosine',
      ...loop
    } = given
    oneOf(schedule, 'schedule', ['cosine', 'constant'])
    number(learningRate, 'learningRate', { nonnegative: true })
    if (typeof data !== 'object' || data === null) refuse('data', 'inputs and targets', show(data), 'type')
    checkNetwork(network)
    const examples = 'count' in data ? data : network.examples(data.inputs, data.targets)
    const steps = stepsOf(given, examples.count)
    const parameters = network.named()
    const weights = Object.keys(parameters).filter((name) => name.startsWith('weight'))
    const optimizer = new SGD(parameters, {
      learningRate: schedule === 'cosine' ? cosineDecay(learningRate, Math.max(1, steps)) : learningRate,
      momentum,
      nesterov,
      groups: [{ parameters: weights, l2: weightDecay }],
    })
    return trainNetwork(network, examples, { ...loop, optimizer, gradients: network.named(network.gradients) })
  })
}

/** The number of steps of a recipe on `count` examples, as the training loop counts them. */
function stepsOf({ steps, epochs = 0, batchSize = 128 }: Recipe, count: number): number {
  if (steps !== undefined) return number(steps, 'steps', { integer: true, min: 0 })
  const perEpoch = Math.floor(count / Math.min(number(batchSize, 'batchSize', { integer: true, min: 1 }), count))
  return Math.round(number(epochs, 'epochs', { nonnegative: true }) * perEpoch)
}
