import { number, oneOf, options as optionsOf, refuse } from '@opt/core'
import { areFinite, foldStatistics } from './batch-norm.ts'
import { type Buffers, makeBuffers } from './buffers.ts'
import type { Examples } from './examples.ts'
import { initialize } from './initialization.ts'
import { checkReal, checkVector, type Inputs, type Targets } from './intake.ts'
import { type LayerViews, layerViews } from './layout.ts'
import { type CheckedOptions, checkedOptions, type MlpOptions } from './options.ts'
import { backward, backwardTangent, forwardTangent } from './passes.ts'
import type { Precision, Real } from './real.ts'
import { Runner } from './runner.ts'
import {
  gradientNorms,
  gradientProducts,
  gradientsInInputs,
  type NormOptions,
  tangentKernel,
} from './single-examples.ts'
import { loadState, type NetworkState, saveState, statisticsOf } from './state.ts'

/**
 * A dense network and its exact oracles. Losses are means over the examples; matrices are flat and row-major.
 *
 * Inputs are rows, flat or as a matrix; targets are class labels or rows. Every method checks them and throws a TypeError or
 * RangeError that names the entry. More examples than `batch` are taken in several passes (with batch normalisation in training
 * they are refused). What a method fills it takes as `out`, where it writes nothing when it refuses.
 */
export class DenseNetwork {
  readonly #net: Buffers
  readonly #run: Runner
  readonly #options: CheckedOptions
  /** Numbers of units, from the inputs to the outputs. */
  readonly sizes: readonly number[]
  readonly dtype: Precision
  /** How many examples are worked on at a time. */
  readonly batch: number
  /** All parameters: W, b (and gamma, beta) of the first layer, then of the second, and so on. Write to it as you like. */
  readonly parameters: Real
  /** Where {@link lossAndGradient} leaves the gradient. */
  readonly gradients: Real

  /** Use {@link mlp}. */
  constructor(options: CheckedOptions) {
    const { architecture, batch, dtype, activation, loss } = options
    this.#options = options
    this.#net = makeBuffers(architecture, batch, dtype, activation, loss)
    this.#run = new Runner(this.#net)
    this.sizes = architecture.sizes
    this.dtype = dtype
    this.batch = batch
    this.parameters = this.#net.parameters
    this.gradients = this.#net.gradients
  }

  /**
   * With batch normalisation: whether loss, gradient and products use the statistics of the batch (the default) or the running ones.
   * Predictions and what is said of single examples always use the running ones.
   */
  get training(): boolean {
    return this.#run.training
  }

  set training(training: boolean) {
    this.#run.training = training
  }

  /** The parameters, or any array like them, such as a gradient, cut into layers: views, not copies. */
  layers(flat: Real = this.parameters): LayerViews[] {
    checkReal(flat, this.parameters.length, 'layers: flat')
    checkVector(flat, this.parameters.length, 'layers: flat')
    return layerViews(this.#options.architecture, flat)
  }

  /** {@link layers} by name, for optimizers that tell parameters apart: weight1, bias1, scale1, shift1, weight2, ... */
  named(flat: Real = this.parameters): Record<string, Real> {
    const names = ['weight', 'bias', 'scale', 'shift'] as const
    const entries = this.layers(flat).flatMap((layer, l) =>
      names.flatMap((name): [string, Real][] => (layer[name] ? [[`${name}${l + 1}`, layer[name]]] : [])),
    )
    return Object.fromEntries(entries)
  }

  /** The outputs, examples x outputs. */
  predict(inputs: Inputs, out?: Real): Real {
    const { outputs } = this.#run
    const taken = this.#run.take(inputs, null)
    const z = this.#run.rows(out, taken, outputs)
    this.#run.eachSingly(taken, (start) => z.set(this.lastOutputs, start * outputs))
    return z
  }

  /** The outputs of the last forward pass, at most `batch` rows: a view, which the next pass overwrites. */
  get lastOutputs(): Real {
    return this.#run.last.s.subarray(0, this.#run.lastCount * this.#run.outputs)
  }

  /** The mean loss. */
  loss(inputs: Inputs, targets: Targets): number {
    return this.#run.mean(inputs, targets)
  }

  /** The mean loss; leaves its gradient in {@link gradients}. */
  lossAndGradient(inputs: Inputs, targets: Targets): number {
    this.gradients.fill(0)
    return this.#run.mean(inputs, targets, this.#backward)
  }

  readonly #backward = (n: number): void => backward(this.#net, n, this.#run.ofBatch)

  /** The gradient of the mean loss. */
  gradient(inputs: Inputs, targets: Targets, out?: Real): Real {
    this.lossAndGradient(inputs, targets)
    return this.#run.give(this.gradients, out)
  }

  /** A data set checked once, for {@link lossAndGradientAt}. */
  examples(inputs: Inputs, targets: Targets): Examples {
    const { net, inputs: d, outputs: k } = this.#run
    const taken = this.#run.take(inputs, targets)
    const count = taken.total
    const kept = {
      count,
      inputs: this.#run.result(undefined, count * d),
      targets: this.#run.result(undefined, count * k),
    }
    this.#run.each(taken, (start, n) => {
      kept.inputs.set(net.inputs.subarray(0, n * d), start * d)
      kept.targets.set(net.targets.subarray(0, n * k), start * k)
    })
    return kept
  }

  /** {@link lossAndGradient} of the mean over some of the examples, in the order of `indices`. */
  lossAndGradientAt(examples: Examples, indices: ArrayLike<number>): number {
    this.gradients.fill(0)
    return this.#run.meanAt(examples, indices, this.#backward)
  }

  /** Plain gradient descent, without an optimizer: parameters -= learningRate gradients, where they lie. */
  descend(learningRate: number): void {
    number(learningRate, 'descend: learningRate', { nonnegative: true })
    const { products, parameters, gradients } = this.#net
    products.axpy(parameters.length, -learningRate, gradients, parameters)
  }

  /** The Hessian of the mean loss times v, by Pearlmutter's R-operator: about two gradients' work. */
  hvp(inputs: Inputs, targets: Targets, v: ArrayLike<number>, out?: Real): Real {
    const { loss, targets: y, product } = this.#net
    const { last, outputs } = this.#run
    this.#run.along(v)
    this.#run.mean(inputs, targets, (n, total) => {
      const { ofBatch } = this.#run
      const tangent = forwardTangent(this.#net, n, ofBatch)
      loss.hessianVector(n, outputs, last.s, y, 1 / total, tangent, last.deltaTangent)
      backwardTangent(this.#net, n, ofBatch)
    })
    return this.#run.give(product, out)
  }

  /**
   * The generalised Gauss-Newton matrix J'HJ of the mean loss times v, with H the Hessian of the loss in the outputs
   * (Schraudolph, Neural Computation 14, 2002). Overwrites {@link gradients}.
   */
  gnvp(inputs: Inputs, targets: Targets, v: ArrayLike<number>, out?: Real): Real {
    const { loss, targets: y } = this.#net
    const { last, outputs } = this.#run
    this.#run.along(v)
    this.gradients.fill(0)
    this.#run.mean(inputs, targets, (n, total) => {
      const { ofBatch } = this.#run
      const tangent = forwardTangent(this.#net, n, ofBatch)
      loss.hessianVector(n, outputs, last.s, y, 1 / total, tangent, last.delta)
      backward(this.#net, n, ofBatch)
    })
    return this.#run.give(this.gradients, out)
  }

  /**
   * The Euclidean norm of the gradient of each example's own loss, in closed form, in all parameters;
   * with `layers: 'last'` in those of the last layer, with 'each' one norm a layer (examples x layers).
   */
  perExampleGradientNorms(inputs: Inputs, targets: Targets, options?: NormOptions): Float64Array {
    return gradientNorms(this.#run, inputs, targets, options)
  }

  /** The gradient of each example's own loss in its own inputs, examples x inputs. */
  inputGradient(inputs: Inputs, targets: Targets, out?: Real): Real {
    return gradientsInInputs(this.#run, inputs, targets, out)
  }

  /**
   * The inner products of the gradients of the examples' own losses, examples x examples.
   *
   * @throws RangeError when one overflows.
   */
  perExampleInnerProducts(inputs: Inputs, targets: Targets): Float64Array {
    return gradientProducts(this.#run, inputs, targets)
  }

  /**
   * The empirical neural tangent kernel, (examples x outputs) squared: row i * outputs + k is output k of example i.
   *
   * @throws RangeError when an entry overflows.
   */
  ntk(inputs: Inputs): Float64Array {
    return tangentKernel(this.#run, inputs)
  }

  /**
   * Folds the last batch's statistics into the running ones: running += momentum (batch - running), variances unbiased.
   *
   * @throws RangeError, before anything changes, when a mean or a variance of the batch is not finite.
   */
  updateStatistics(momentum = 0.1): void {
    number(momentum, 'updateStatistics: momentum', { min: 0, max: 1 })
    const norms = this.#net.layers.flatMap(({ norm }) => norm ?? [])
    if (!norms.every(areFinite)) refuse('updateStatistics', 'called after a batch of finite statistics', 'others')
    for (const norm of norms) foldStatistics(this.#run.lastCount, norm, momentum)
  }

  /** A network of the same shape, parameters and running statistics; `batch` and `dtype` may differ. */
  clone(options?: { batch?: number; dtype?: Precision }): DenseNetwork {
    const { batch = this.batch, dtype = this.dtype } = optionsOf(options, 'clone: options')
    oneOf(dtype, 'clone: dtype', ['float64', 'float32'])
    number(batch, 'clone: batch', { integer: true, min: 1 })
    const twin = new DenseNetwork({ ...this.#options, batch, dtype })
    twin.parameters.set(this.parameters)
    const running = statisticsOf(this.#net)
    statisticsOf(twin.#net).forEach((statistics, i) => statistics.set(running[i]))
    return twin
  }

  /** Parameters and running statistics, as plain JSON that comes back to the bit. */
  state(): NetworkState {
    return saveState(this.#net)
  }

  /**
   * Takes over what {@link state} saved of a network of the same shape.
   *
   * @throws TypeError or RangeError, before anything changes, when it is no such state.
   */
  load(state: NetworkState): void {
    loadState(this.#net, state)
  }
}

/**
 * A multilayer perceptron: x W + b, batch normalisation where asked for, activation; the last layer linear.
 *
 * @throws TypeError or RangeError for sizes, names or numbers that make no network.
 */
export function mlp(options: MlpOptions): DenseNetwork {
  const checked = checkedOptions(options)
  const network = new DenseNetwork(checked)
  initialize(network.layers(), checked.initialization, checked.random)
  return network
}
