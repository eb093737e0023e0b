import type { Random } from '@opt/core'
import type { Real } from '../real.ts'
import type { ParameterViews } from './parameters.ts'

/** The noise of one layer: on its inputs, which are the units below, and on its weights. */
export interface NoiseRates {
  /** The fraction of inputs that is dropped. */
  readonly dropout: number
  /** The standard deviation of the normal noise added to inputs. */
  readonly gaussianNoise: number
  /** The fraction of weights that is dropped. */
  readonly dropConnect: number
}

/** The noise on the inputs of a layer, rows of examples. */
export interface NoisyInputs {
  /** 0 where an input is dropped, otherwise 1 / (1 - dropout); null without dropout. */
  readonly keep: Real | null
  /** What is added; null without normal noise. */
  readonly added: Real | null
  /** The inputs with noise, and their tangent. */
  readonly input: Real
  readonly inputTangent: Real
}

/** The noise on the weights of a layer: one mask for all examples. */
export interface NoisyWeights {
  /** 0 where a weight is dropped, otherwise 1 / (1 - dropConnect). */
  readonly keep: Real
  /** The weights and the direction of a product, times `keep`. */
  readonly weight: Real
  readonly direction: Real
  /** Room for a gradient. */
  readonly scratch: Real
}

/**
 * Dropout (Srivastava et al., JMLR 15, 2014), normal noise and DropConnect (Wan et al., ICML 2013, with one mask per
 * batch) of one layer, which computes s = (x keep + added) (W keep) + b. What is kept is scaled up, so that the expected
 * inputs and weights are those of the network without noise. Derivatives are exact for the noise last drawn.
 */
export class LayerNoise {
  readonly inputs: NoisyInputs | null
  readonly weights: NoisyWeights | null
  readonly #rates: NoiseRates
  readonly #views: ParameterViews

  /** The arrays have room for the rows of a batch. */
  constructor(rates: NoiseRates, views: ParameterViews, inputs: NoisyInputs | null, weights: NoisyWeights | null) {
    this.#rates = rates
    this.#views = views
    this.inputs = inputs
    this.weights = weights
  }

  drawWeights(random: Random): void {
    const { weights } = this
    if (weights) drawKeep(weights.keep, 0, weights.keep.length, this.#rates.dropConnect, random)
  }

  /** Draws the noise on the inputs of example i. */
  drawInputs(random: Random, i: number): void {
    if (!this.inputs) return
    const { keep, added } = this.inputs
    const { dropout, gaussianNoise } = this.#rates
    const { inputs: columns } = this.#views.parameters
    if (keep) drawKeep(keep, i * columns, columns, dropout, random)
    if (added) for (let j = i * columns; j < (i + 1) * columns; j++) added[j] = random.normal(0, gaussianNoise)
  }

  /** Computes the noisy inputs of n examples and the noisy weights. */
  forward(n: number, source: Real): void {
    const { inputs, weights } = this
    const { parameters } = this.#views
    if (weights) multiply(weights.keep.length, parameters.weight, weights.keep, weights.weight)
    if (!inputs) return
    const { keep, added, input } = inputs
    const count = n * parameters.inputs
    for (let i = 0; i < count; i++) input[i] = (keep ? source[i] * keep[i] : source[i]) + (added ? added[i] : 0)
  }

  /** Computes the tangents of the noisy inputs, if the inputs have one, and of the noisy weights. */
  forwardTangent(n: number, sourceTangent: Real | null): void {
    const { inputs, weights } = this
    const { direction } = this.#views
    if (weights) multiply(weights.keep.length, direction.weight, weights.keep, weights.direction)
    if (!inputs || !sourceTangent) return
    const count = n * direction.inputs
    if (inputs.keep) multiply(count, sourceTangent, inputs.keep, inputs.inputTangent)
    else for (let i = 0; i < count; i++) inputs.inputTangent[i] = sourceTangent[i]
  }

  /** Derivatives in the noisy inputs of n examples become derivatives in the inputs. */
  backward(n: number, d: Real): void {
    const keep = this.inputs?.keep
    if (keep) multiply(n * this.#views.parameters.inputs, d, keep, d)
  }
}

/** out = x y. */
function multiply(count: number, x: Real, y: Real, out: Real): void {
  for (let i = 0; i < count; i++) out[i] = x[i] * y[i]
}

function drawKeep(keep: Real, from: number, count: number, rate: number, random: Random): void {
  const kept = 1 / (1 - rate)
  for (let i = from; i < from + count; i++) keep[i] = random.uniform() < rate ? 0 : kept
}
