import { boolean, calling, number, options, refuse, show } from '@opt/core'
import type { DenseNetwork, Inputs, NormLayers, Targets } from '@opt/nn'
import { checkClasses, checkNetwork, checkOut, checkRows, isFlat, type Rows, tagOf } from '../intake.ts'
import { errorNorms, type ScoreOptions } from './el2n.ts'
import { euclideanNorm } from './norm.ts'

/** Options of {@link grand}. */
export interface GrandOptions {
  /** Parameters to differentiate by: of 'all' layers (default), of the 'last', or of 'each' layer by itself. */
  layers?: NormLayers
  /** The array to write into; by default a new one. */
  out?: Float64Array
}

/**
 * GraNd: the norm of the gradient of each example's own loss (Paul, Ganguli and Dziugaite 2021,
 * definition 2.1), in closed form: each layer contributes ||delta||^2 (||input||^2 + 1). That takes
 * one backward pass and forms no gradient of a weight.
 *
 * @param network with loss 'cross-entropy'. Average the scores of a few networks.
 * @returns n norms; with `layers: 'each'` n x layers.
 * @throws TypeError or RangeError for arguments that do not fit the network.
 */
export function grand(network: DenseNetwork, inputs: Inputs, targets: Targets, given: GrandOptions = {}): Float64Array {
  return calling('grand', () => {
    checkNetwork(network)
    const { out, ...settings } = options(given, 'options', ['layers', 'out'])
    if (out !== undefined && tagOf(out) !== 'Float64Array') refuse('out', 'a Float64Array', show(out), 'type')
    if (isFlat(inputs) && inputs.length === 0) return new Float64Array(0)
    // Norms go into an array of their own first: a bad example further on must leave `out` as it was.
    const apart = out ? { ...settings, out: new Float64Array(out.length) } : settings
    const norms = network.perExampleGradientNorms(inputs, targets, apart)
    if (out === undefined) return norms
    out.set(norms)
    return out
  })
}

/** Options of {@link grandLastLayer}. */
export interface LastLayerOptions extends ScoreOptions {
  /** The number of features of an example. */
  width: number
  /** Whether the layer has a bias. Default true. */
  bias?: boolean | undefined
}

/** The squares of larger features could overflow in the sum. */
const LARGEST = 1e150

/**
 * GraNd in the last layer's parameters, from logits and penultimate features of any framework:
 * ||p - y|| sqrt(||h||^2 + 1), without the 1 where the layer has no bias.
 *
 * @param logits n rows of outputs before the softmax.
 * @param targets n labels, or n rows of probabilities.
 * @param features h: the last layer's n x width inputs, at most 1e150 in size.
 * @returns n scores from index `offset` on.
 * @throws TypeError or RangeError that names the wrong entry.
 */
export function grandLastLayer(logits: Rows, targets: Rows, features: Rows, given: LastLayerOptions): Float64Array {
  return calling('grandLastLayer', () => {
    const {
      classes,
      width,
      bias = true,
      out,
      offset = 0,
    } = options(given, 'options', ['width', 'bias', 'classes', 'out', 'offset'])
    number(width, 'width', { integer: true, min: 1 })
    boolean(bias, 'bias')
    const n = checkRows(logits, checkClasses(classes), 'logits').length / classes
    const h = checkRows(features, width, 'features')
    if (h.length !== n * width) refuse('features', `${n} rows of ${width}`, `length ${h.length}`)
    for (let i = 0; i < h.length; i++)
      if (Math.abs(h[i]) > LARGEST)
        number(h[i], `features[${Math.floor(i / width)}][${i % width}]`, { min: -LARGEST, max: LARGEST })
    const scores = errorNorms(logits, targets, { classes, out: checkOut(out, offset, n), offset })

    // The input of the layer: 1 for the bias, then the features.
    const input = new Float64Array(width + (bias ? 1 : 0)).fill(1)
    const first = input.length - width
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < width; j++) input[first + j] = h[i * width + j]
      scores[offset + i] *= euclideanNorm(input, 0, input.length)
    }
    return scores
  })
}
