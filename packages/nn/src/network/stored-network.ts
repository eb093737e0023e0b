import { number, refuse } from '@opt/core'
import type { NdArray } from 'ndarray'
import { checkReal, checkVector } from '../data/intake.ts'
import { type LayerViews, layerViews, namedViews, outputsFirst } from '../layers/parameters.ts'
import { BatchRunner } from '../oracles/batch-runner.ts'
import { type Buffers, makeBuffers, type NetworkSettings } from '../passes/buffers.ts'
import type { Precision, Real } from '../real.ts'
import { loadState, type NetworkState, saveState } from './state.ts'

/** What a network consists of: its parameters, their views by layer, its statistics and its saved state. */
export class StoredNetwork {
  protected readonly net: Buffers
  protected readonly run: BatchRunner
  /** The number of units per layer, from the inputs to the outputs. */
  readonly sizes: readonly number[]
  readonly dtype: Precision
  /** The number of examples per pass. */
  readonly batch: number
  /** All parameters: W, b (and gamma, beta) of the first layer, then of the second, and so on. May be written to. */
  readonly parameters: Real
  /** The gradient of the last call that computed one. */
  readonly gradients: Real

  /** Use {@link mlp}. */
  constructor(settings: NetworkSettings) {
    this.net = makeBuffers(settings)
    this.run = new BatchRunner(this.net)
    this.sizes = settings.architecture.sizes
    this.dtype = settings.dtype
    this.batch = settings.batch
    this.parameters = this.net.parameters
    this.gradients = this.net.gradients
  }

  /**
   * The buffers and passes of a network, for functions that not every bundle has.
   *
   * @internal
   */
  static internals({ net, run }: StoredNetwork): { net: Buffers; run: BatchRunner } {
    return { net, run }
  }

  /**
   * Whether the loss and what is computed of it are those of training (the default): with the noise last drawn, and,
   * except for quantities of single examples, with the batch's statistics for batch normalization. Predictions,
   * activations and the tangent kernel are never.
   */
  get training(): boolean {
    return this.run.training
  }
  set training(training: boolean) {
    this.run.training = training
  }

  /** The name of the activation of the hidden layers. */
  get activation(): string {
    return this.net.activation.name
  }

  /** Returns views, by layer, of the parameters or of an array of the same layout, such as a gradient. */
  layers(flat: Real = this.parameters): LayerViews[] {
    checkReal(flat, this.parameters.length, 'layers: flat')
    checkVector(flat, this.parameters.length, 'layers: flat')
    return layerViews(this.net.architecture, flat)
  }

  /** Returns {@link layers} by name, for optimizers of named parameters: weight1, bias1, scale1, shift1, ... */
  named(flat: Real = this.parameters): Record<string, Real> {
    return namedViews(this.layers(flat))
  }

  /**
   * Returns {@link named} with each weight as an ndarray of outputs x inputs, for optimizers that treat the weights of
   * one output as a row.
   */
  outputsFirst(flat: Real = this.parameters): Record<string, Real | NdArray<Float32Array> | NdArray<Float64Array>> {
    return outputsFirst(this.layers(flat))
  }

  /** Takes a step of plain gradient descent: parameters -= learningRate gradients. */
  descend(learningRate: number): void {
    number(learningRate, 'descend: learningRate', { nonnegative: true })
    const { kernels, parameters, gradients } = this.net
    kernels.axpy(parameters.length, -learningRate, gradients, parameters)
  }

  /**
   * Updates the running statistics by those of the last batch: running += momentum (batch - running), variances
   * unbiased.
   *
   * @throws RangeError, before anything changes, when a mean or a variance of the batch is not finite.
   */
  updateStatistics(momentum = 0.1): void {
    number(momentum, 'updateStatistics: momentum', { min: 0, max: 1 })
    const norms = this.net.layers.flatMap(({ norm }) => norm ?? [])
    if (!norms.every((norm) => norm.hasFiniteStatistics))
      refuse('updateStatistics', 'called after a batch of finite statistics', 'others')
    for (const norm of norms) norm.updateRunning(this.run.pass.n, momentum)
  }

  /**
   * Draws new noise for the loss of at most `examples` (default `batch`) examples; a network without noise is left
   * alone. Until the next call the noise is fixed, so that loss, gradient and products are exact derivatives of each
   * other. {@link train} calls it before every step.
   */
  drawNoise(examples: number = this.batch): void {
    number(examples, 'drawNoise: examples', { integer: true, min: 1, max: this.batch })
    this.net.noise?.draw(examples)
  }

  /** Returns parameters, running statistics and the state of the noise as plain JSON that restores every bit. */
  state(): NetworkState {
    return saveState(this.net)
  }

  /**
   * Restores a {@link state} saved by a network of the same sizes, dtype and kind of noise.
   *
   * @throws TypeError or RangeError, before anything changes, for anything else.
   */
  load(state: NetworkState): void {
    loadState(this.net, state)
  }
}
