import { boolean, number, oneOf, Random, random, refuse, show } from '@opt/core'
import { type Activation, type ActivationName, activationOf } from './activations.ts'
import type { Initialization } from './initialization.ts'
import type { Architecture } from './layout.ts'
import { type Loss, type LossName, lossOf } from './losses.ts'
import type { Precision } from './real.ts'

export interface MlpOptions {
  /** Numbers of units, from the inputs to the outputs: `[784, 256, 10]`. */
  sizes: readonly number[]
  /** Of the hidden layers (default 'relu'); the outputs are linear. */
  activation?: ActivationName | Activation
  /** Default 'cross-entropy' (with softmax). */
  loss?: LossName | Loss
  /** Default true. */
  bias?: boolean
  /** Batch normalisation before each activation (default false). */
  batchNorm?: boolean
  /** Default 'float64'. */
  dtype?: Precision
  /** How weights start (default 'he'). */
  initialization?: Initialization
  /** An integer, or a generator to draw from (default 0). */
  seed?: number | Random
  /** How many examples are worked on at a time (default 128): memory is taken for so many, once. */
  batch?: number
}

/** The options with defaults, checked. */
export interface CheckedOptions {
  readonly architecture: Architecture
  readonly activation: Activation
  readonly loss: Loss
  readonly dtype: Precision
  readonly initialization: Initialization
  readonly random: Random
  readonly batch: number
}

export function checkedOptions(options: MlpOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null) refuse('mlp: options', 'an object', show(options), 'type')
  const { sizes, bias = true, batchNorm = false, dtype = 'float64', initialization = 'he' } = options
  if (!Array.isArray(sizes) || sizes.length < 2)
    refuse('mlp: sizes', 'an array of at least two numbers of units', show(sizes), 'type')
  Array.from(sizes, (size, l) => number(size, `mlp: sizes[${l}]`, { integer: true, min: 1 }))
  boolean(bias, 'mlp: bias')
  boolean(batchNorm, 'mlp: batchNorm')
  const loss = lossOf(options.loss ?? 'cross-entropy')
  if (loss.targets.distribution && sizes[sizes.length - 1] === 1)
    refuse('mlp: sizes', `at least 2 outputs with loss '${loss.name}' (one yes or no: loss 'logistic')`, '1 output')
  const seed = options.seed ?? 0
  return {
    architecture: { sizes: [...sizes] as number[], bias, batchNorm },
    activation: activationOf(options.activation ?? 'relu'),
    loss,
    dtype: oneOf(dtype, 'mlp: dtype', ['float64', 'float32']),
    initialization: oneOf(initialization, 'mlp: initialization', ['he', 'glorot', 'lecun']),
    random: seed instanceof Random ? seed : random(number(seed, 'mlp: seed', { integer: true })),
    batch: number(options.batch ?? 128, 'mlp: batch', { integer: true, min: 1 }),
  }
}
