import { number, oneOf, options as optionsOf, refuse } from '@opt/core'
import type { NdArray } from 'ndarray'
import type { Examples } from '../data/examples.ts'
import { checkReal, checkVector, type Inputs, type Targets } from '../data/intake.ts'
import { type LayerViews, layerViews, namedViews, outputsFirst } from '../layers/parameters.ts'
import { BatchRunner } from '../oracles/batch-runner.ts'
import { gaussNewtonProduct, hessianProduct } from '../oracles/curvature.ts'
import { gradientNorms, gradientProducts, inputGradients, type NormOptions, ntk } from '../oracles/per-example.ts'
import { type Buffers, makeBuffers, type NetworkSettings } from '../passes/buffers.ts'
import { backward } from '../passes/gradient.ts'
import { PRECISIONS, type Precision, type Real } from '../real.ts'
import { copyState, loadState, type NetworkState, saveState } from './state.ts'

/**
 * A dense network and its exact oracles. Losses are means over the examples; matrices are flat and row-major.
 *
 * Inputs are rows, flat or as a matrix; targets are class labels or rows of outputs. Every method checks them and
 * throws a TypeError or RangeError that names the bad entry. More examples than `batch` run in several passes; in
 * training with batch normalization they are refused. Methods that return an array accept one to write to, `out`, and
 * write nothing to it when they throw.
 */
export class DenseNetwork {
  readonly #net: Buffers
  readonly #run: BatchRunner
  /** The number of units per layer, from the inputs to the outputs. */
  readonly sizes: readonly number[]
  readonly dtype: Precision
  /** The number of examples per pass. */
  readonly batch: number
  /** All parameters: W, b (and gamma, beta) of the first layer, then of the second, and so on. May be written to. */
  readonly parameters: Real
  /** The gradient of the last {@link lossAndGradient}. */
  readonly gradients: Real

  /** Use {@link mlp}. */
  constructor(settings: NetworkSettings) {
    this.#net = makeBuffers(settings)
    this.#run = new BatchRunner(this.#net)
    this.sizes = settings.architecture.sizes
    this.dtype = settings.dtype
    this.batch = settings.batch
    this.parameters = this.#net.parameters
    this.gradients = this.#net.gradients
  }

  /**
   * With batch normalization: whether loss, gradient and products use the statistics of the batch (the default) or the
   * running ones. Predictions and quantities of single examples always use the running ones.
   */
  get training(): boolean {
    return this.#run.training
  }
  set training(training: boolean) {
    this.#run.training = training
  }

  /** Returns views, by layer, of the parameters or of an array of the same layout, such as a gradient. */
  layers(flat: Real = this.parameters): LayerViews[] {
    checkReal(flat, this.parameters.length, 'layers: flat')
    checkVector(flat, this.parameters.length, 'layers: flat')
    return layerViews(this.#net.architecture, flat)
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

  /** Returns the outputs, examples x outputs. */
  predict(inputs: Inputs, out?: Real): Real {
    const { outputCount } = this.#net
    const examples = this.#run.givenInputs(inputs)
    const z = this.#run.resultRows(out, examples, outputCount)
    this.#run.forEachSeparately(examples, (start) => z.set(this.lastOutputs, start * outputCount))
    return z
  }

  /** The outputs of the last forward pass, at most `batch` rows: a view that the next pass overwrites. */
  get lastOutputs(): Real {
    return this.#run.outputs
  }

  /** Returns the mean loss. */
  loss(inputs: Inputs, targets: Targets): number {
    return this.#run.meanLoss(this.#run.given(inputs, targets))
  }

  /** Returns the mean loss and leaves its gradient in {@link gradients}. */
  lossAndGradient(inputs: Inputs, targets: Targets): number {
    this.gradients.fill(0)
    return this.#run.meanLoss(this.#run.given(inputs, targets), backward)
  }

  /** Returns the gradient of the mean loss. */
  gradient(inputs: Inputs, targets: Targets, out?: Real): Real {
    this.lossAndGradient(inputs, targets)
    return this.#run.resultCopy(this.gradients, out)
  }

  /** Checks and copies a data set, for {@link lossAndGradientAt}. */
  examples(inputs: Inputs, targets: Targets): Examples {
    return this.#run.examples(this.#run.given(inputs, targets))
  }

  /** {@link lossAndGradient} of the examples at `indices`, in that order. */
  lossAndGradientAt(examples: Examples, indices: ArrayLike<number>): number {
    this.gradients.fill(0)
    return this.#run.meanLossAt(examples, indices, backward)
  }

  /** Takes a step of plain gradient descent: parameters -= learningRate gradients. */
  descend(learningRate: number): void {
    number(learningRate, 'descend: learningRate', { nonnegative: true })
    const { kernels, parameters, gradients } = this.#net
    kernels.axpy(parameters.length, -learningRate, gradients, parameters)
  }

  /** Returns the Hessian of the mean loss times v, by Pearlmutter's R-operator, at about the cost of two gradients. */
  hvp(inputs: Inputs, targets: Targets, v: ArrayLike<number>, out?: Real): Real {
    return hessianProduct(this.#run, this.#run.given(inputs, targets), v, out)
  }

  /**
   * Returns the generalized Gauss-Newton matrix J'HJ of the mean loss times v, where H is the Hessian of the loss in
   * the outputs (Schraudolph, Neural Computation 14, 2002). Overwrites {@link gradients}.
   */
  gnvp(inputs: Inputs, targets: Targets, v: ArrayLike<number>, out?: Real): Real {
    return gaussNewtonProduct(this.#run, this.#run.given(inputs, targets), v, out)
  }

  /**
   * Returns the Euclidean norm of the gradient of each example's own loss, in closed form: in all parameters; with
   * `layers: 'last'` in those of the last layer; with 'each' one norm per layer (examples x layers).
   *
   * @throws RangeError when the square of a norm overflows.
   */
  perExampleGradientNorms(inputs: Inputs, targets: Targets, options?: NormOptions): Float64Array {
    return gradientNorms(this.#run, this.#run.given(inputs, targets), options)
  }

  /** Returns the gradient of each example's own loss in its inputs, examples x inputs. */
  inputGradient(inputs: Inputs, targets: Targets, out?: Real): Real {
    return inputGradients(this.#run, this.#run.given(inputs, targets), out)
  }

  /**
   * Returns the inner products of the gradients of the examples' own losses, examples x examples.
   *
   * @throws RangeError when one overflows.
   */
  perExampleInnerProducts(inputs: Inputs, targets: Targets): Float64Array {
    return gradientProducts(this.#run, this.#run.given(inputs, targets))
  }

  /**
   * Returns the empirical neural tangent kernel, (examples x outputs) squared: row i * outputs + k is output k of
   * example i.
   *
   * @throws RangeError when an entry overflows.
   */
  ntk(inputs: Inputs): Float64Array {
    return ntk(this.#run, this.#run.givenInputs(inputs))
  }

  /**
   * Updates the running statistics by those of the last batch: running += momentum (batch - running), variances
   * unbiased.
   *
   * @throws RangeError, before anything changes, when a mean or a variance of the batch is not finite.
   */
  updateStatistics(momentum = 0.1): void {
    number(momentum, 'updateStatistics: momentum', { min: 0, max: 1 })
    const norms = this.#net.layers.flatMap(({ norm }) => norm ?? [])
    if (!norms.every((norm) => norm.hasFiniteStatistics))
      refuse('updateStatistics', 'called after a batch of finite statistics', 'others')
    for (const norm of norms) norm.updateRunning(this.#run.pass.n, momentum)
  }

  /** Returns a copy with the same parameters and running statistics; `batch` and `dtype` may differ. */
  clone(options?: { batch?: number | undefined; dtype?: Precision | undefined }): DenseNetwork {
    const { batch = this.batch, dtype = this.dtype } = optionsOf(options, 'clone: options')
    oneOf(dtype, 'clone: dtype', PRECISIONS)
    number(batch, 'clone: batch', { integer: true, min: 1 })
    const { architecture, activation, loss } = this.#net
    const copy = new DenseNetwork({ architecture, activation, loss, batch, dtype })
    copyState(this.#net, copy.#net)
    return copy
  }

  /** Returns parameters and running statistics as plain JSON that restores every bit. */
  state(): NetworkState {
    return saveState(this.#net)
  }

  /**
   * Restores a {@link state} saved by a network of the same sizes and dtype.
   *
   * @throws TypeError or RangeError, before anything changes, for anything else.
   */
  load(state: NetworkState): void {
    loadState(this.#net, state)
  }
}
