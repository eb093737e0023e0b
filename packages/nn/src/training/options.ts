import type { Random, RandomState } from '@opt/core'
import type { DenseNetwork } from '../network/network.ts'
import type { NetworkState } from '../network/state.ts'

/**
 * The methods that {@link train} calls on an optimizer; every class of @opt/optimizers has them. A checkpoint needs
 * `state` and `load` as well, and `load` must throw before it changes anything.
 */
export interface Stepper {
  step(gradients: never): void
  state?(): unknown
  load?(state: never): void
}

/** One step, before the optimizer moves: `network.lastOutputs` are the batch's outputs. */
export interface Batch {
  /** The number of steps done before this one. */
  step: number
  /** The examples of the batch; valid until the next one. */
  indices: Int32Array
  /** The mean loss of the batch. */
  loss: number
}

/** Options of {@link train}: an optimizer, and either `steps` or `epochs`. */
export interface TrainOptions {
  /** The optimizer of `network.parameters`. Its learning rate may be a schedule. */
  optimizer: Stepper
  /**
   * The argument of `optimizer.step` (default `network.gradients`): `network.named(network.gradients)` for an optimizer
   * of named parameters.
   */
  gradients?: unknown
  /** The number of steps. */
  steps?: number | undefined
  /** The number of passes over the data, of floor(n / batchSize) steps each; need not be an integer. */
  epochs?: number | undefined
  /**
   * The number of examples per step (default 128), at most all of them. Examples that do not fill a batch are left out
   * of that epoch.
   */
  batchSize?: number | undefined
  /** The seed of the order of examples: an integer, or a generator to draw from (default 0). */
  seed?: number | Random | undefined
  /** The number of steps between reports (default: one report per epoch). */
  reportEvery?: number | undefined
  /** Returns measures to add to each report. */
  evaluate?: ((network: DenseNetwork) => Record<string, number>) | undefined
  /** Called with each batch before the optimizer moves. */
  onBatch?: ((batch: Batch) => void) | undefined
  /** A checkpoint to continue from, bit for bit under the same options; refused as a whole if any part does not fit. */
  resume?: Checkpoint | undefined
}

/** The progress of training. */
export interface TrainReport {
  /** NaN once the loss is not finite. */
  error?: number
  /** The number of steps done. */
  step: number
  /** The number of passes over the data; fractional within one. */
  epoch: number
  /** The mean loss of the batches since the last report. */
  loss: number
  /** The measures of `evaluate`. */
  [measure: string]: number | undefined
}

/** Everything {@link train} needs to continue; plain JSON. */
export interface Checkpoint {
  /** The number of steps done. */
  step: number
  /** The order of the examples in the current epoch. */
  order: number[]
  random: RandomState
  network: NetworkState
  /** The optimizer's state; null for an optimizer without `state`. */
  optimizer: unknown
}

/** The answer of {@link train}. */
export interface Trained {
  network: DenseNetwork
  checkpoint: Checkpoint
}
