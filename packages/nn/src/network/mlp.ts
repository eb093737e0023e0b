import { boolean, number, oneOf, options as optionsOf, type Random, randomFrom, refuse, show } from '@opt/core'
import { type Activation, type ActivationName, activationOf } from '../layers/activations.ts'
import { INITIALIZATIONS, type Initialization, initialize } from '../layers/initialization.ts'
import { type Loss, type LossName, lossOf } from '../layers/losses.ts'
import { type NoiseOptions, noiseOf } from '../layers/noise-options.ts'
import { layerViews, parameterCount } from '../layers/parameters.ts'
import { PRECISIONS, type Precision } from '../real.ts'
import { DenseNetwork } from './network.ts'

/** Options of {@link mlp}. */
export interface MlpOptions extends NoiseOptions {
  /** The number of units per layer, from the inputs to the outputs: `[784, 256, 10]`. */
  sizes: readonly number[]
  /** The activation of the hidden layers (default 'relu'); the outputs are linear. */
  activation?: ActivationName | Activation | undefined
  /** Default 'cross-entropy', with softmax. */
  loss?: LossName | Loss | undefined
  /** Default true. */
  bias?: boolean | undefined
  /** Batch normalization before each activation (default false). */
  batchNorm?: boolean | undefined
  /** Default 'float64'. */
  dtype?: Precision | undefined
  /** The distribution of the initial weights (default 'he'). */
  initialization?: Initialization | undefined
  /** An integer, or a generator to draw from (default 0). */
  seed?: number | Random | undefined
  /** The number of examples per pass (default 128). Memory for them is allocated once. */
  batch?: number | undefined
}

const MLP_OPTIONS = [
  'sizes',
  'activation',
  'loss',
  'bias',
  'batchNorm',
  'dtype',
  'initialization',
  'seed',
  'batch',
  'dropout',
  'gaussianNoise',
  'dropConnect',
] as const

/**
 * Makes a multilayer perceptron with random weights: each layer computes x W + b, batch normalization if asked for, and
 * the activation; the last layer is linear. Noise in training is drawn from a generator of its own, split off the seed's.
 *
 * @throws TypeError or RangeError for bad sizes, names or numbers.
 */
export function mlp(given: MlpOptions): DenseNetwork {
  const options = optionsOf(given, 'mlp: options', MLP_OPTIONS)
  const { sizes, bias = true, batchNorm = false, dtype = 'float64', initialization = 'he' } = options
  if (!Array.isArray(sizes) || sizes.length < 2)
    refuse('mlp: sizes', 'an array of at least two numbers of units', show(sizes), 'type')
  Array.from(sizes, (size, l) => number(size, `mlp: sizes[${l}]`, { integer: true, min: 1 }))
  boolean(bias, 'mlp: bias')
  boolean(batchNorm, 'mlp: batchNorm')
  const loss = lossOf(options.loss ?? 'cross-entropy')
  if (loss.targets.distribution && sizes[sizes.length - 1] === 1)
    refuse('mlp: sizes', `at least 2 outputs with loss '${loss.name}' (for one yes or no: loss 'logistic')`, '1 output')
  const seed = options.seed ?? 0
  const generator = randomFrom(seed, 'mlp: seed')
  oneOf(initialization, 'mlp: initialization', INITIALIZATIONS)
  const noise = noiseOf(options, sizes.length - 1)
  const architecture = { sizes: [...sizes] as number[], bias, batchNorm, noise }
  const parameters = new Float64Array(parameterCount(architecture))
  initialize(layerViews(architecture, parameters), initialization, generator)
  const network = new DenseNetwork({
    architecture,
    activation: activationOf(options.activation ?? 'relu'),
    loss,
    dtype: oneOf(dtype, 'mlp: dtype', PRECISIONS),
    batch: number(options.batch ?? 128, 'mlp: batch', { integer: true, min: 1 }),
    random: noise && generator.split(),
  })
  network.parameters.set(parameters)
  return network
}
