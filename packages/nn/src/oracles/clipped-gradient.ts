import { calling, number, options as optionsOf, refuse, show } from '@opt/core'
import { checkReal, checkVector, type Inputs, type Targets } from '../data/intake.ts'
import type { DenseNetwork } from '../network/network.ts'
import { StoredNetwork } from '../network/stored-network.ts'
import { addColumnSums, addOuterProducts, backwardSeparately } from '../passes/gradient.ts'
import type { Pass, PassLayer } from '../passes/pass.ts'
import { squaredNorms } from '../passes/squared-norms.ts'
import { type Real, zeros } from '../real.ts'
import { addSquaredDifferences, type Factors, factorsOf, rememberFactors } from './gradient-differences.ts'

/** Options of {@link clippedGradient}. */
export interface ClippedGradientOptions {
  /** Other parameters: what is clipped is the difference of an example's gradients at the network's and at these. */
  minus?: ArrayLike<number> | undefined
  /** One nonnegative number per example: how often it counts, once clipped. Default 1. */
  counts?: ArrayLike<number> | undefined
  /** What the sum is divided by. Default the sum of the counts. */
  divisor?: number | undefined
  /** The array to write to. */
  out?: Real | undefined
}

/**
 * Returns the mean over the examples of min(1, clip / |g_i|) g_i, where g_i is the gradient of the example's own loss in all
 * parameters, or with `minus` its difference to that at other parameters. Norms are those of `perExampleGradientNorms` and
 * `perExampleGradientDifferenceNorms`, in closed form, so that no gradient of a single example is formed; it takes one
 * pass, or two with `minus`. An example whose squared norm is not finite adds nothing.
 *
 * @param network without batch normalization and without noise in training; its parameters stay, its gradients do not.
 * @param clip at least 0.
 * @throws TypeError or RangeError for anything else.
 */
export function clippedGradient(
  network: DenseNetwork,
  inputs: Inputs,
  targets: Targets,
  clip: number,
  options?: ClippedGradientOptions,
): Real {
  return calling('clippedGradient', () => {
    if (typeof network?.perExampleGradientNorms !== 'function') refuse('network', 'a network', show(network), 'type')
    const { net, run } = StoredNetwork.internals(network)
    if (net.architecture.batchNorm) refuse('network', 'without batch normalization', 'one with it')
    if (run.noisy) refuse('network', 'without noise, or with training false', 'one with noise')
    number(clip, 'clip', { nonnegative: true })
    const { minus, counts, divisor, out } = optionsOf(options, 'options', ['minus', 'counts', 'divisor', 'out'])
    const { parameters, gradients } = net
    if (out !== undefined) checkReal(out, parameters.length, 'options.out')
    if (minus !== undefined) checkVector(minus, parameters.length, 'options.minus', net.dtype)
    const examples = run.given(inputs, targets)
    const { count } = examples
    if (counts !== undefined) checkVector(counts, count, 'options.counts')
    const total = counts ? sumOf(counts) : count
    if (divisor !== undefined) number(divisor, 'options.divisor', { positive: true })
    else if (!(total > 0)) refuse('options.counts', 'positive for an example', 'zeros')

    const depth = net.layers.length
    const own = minus && parameters.slice()
    const factors = own && factorsOf(net)
    const [weights, norms] = [new Float64Array(net.batch), new Float64Array(net.batch)]
    gradients.fill(0)
    run.forEachSeparately(examples, (start, pass) => {
      if (own) {
        backwardSeparately(pass)
        pass.layers.forEach((layer, l) => rememberFactors(layer, factors![l]))
        try {
          parameters.set(minus)
          run.repeatSeparately()
          backwardSeparately(pass)
        } finally {
          parameters.set(own)
        }
      } else squaredNorms(pass, 0)
      const squares = norms.subarray(0, pass.n).fill(0)
      for (const [l, layer] of pass.layers.entries()) {
        if (own) addSquaredDifferences(pass, layer, factors![l], squares, SLACK)
        else for (let i = 0; i < pass.n; i++) squares[i] += net.squares[i * depth + l]
      }
      for (let i = 0; i < pass.n; i++) {
        const square = squares[i]
        const times = counts ? counts[start + i] : 1
        weights[i] = square <= clip * clip ? times : square < Infinity ? (times * clip) / Math.sqrt(square) : Number.NaN
      }
      for (const [l, layer] of pass.layers.entries()) {
        if (own) addWeightedDifferences(pass, layer, factors![l], weights, l > 0)
        else addWeighted(pass, layer, weights, true)
      }
    })
    const result = out ?? zeros(parameters.length, net.dtype)
    for (let j = 0; j < result.length; j++) result[j] = gradients[j] / (divisor ?? total)
    return result
  })
}

/** Returns the sum of the counts; refuses a negative one. */
function sumOf(counts: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < counts.length; i++) {
    // A label for each would cost more than the whole gradient of a small network.
    if (!(counts[i] >= 0)) number(counts[i], `options.counts[${i}]`, { nonnegative: true })
    total += counts[i]
  }
  return total
}

/**
 * Where the two products of a difference cancel, their sum has rounding errors of 1e-16 times their size, which this keeps
 * below 1e-9 of the clip.
 */
const SLACK = 1e-12

/**
 * Adds the weighted sum of the examples' differences in a layer. With inputs x and y and derivatives d and c, each is
 * (d - c) x' + c (x - y)': a difference of two sums would have the rounding errors of whole gradients, which no clip bounds.
 */
function addWeightedDifferences(
  pass: Pass,
  layer: PassLayer,
  { x, d }: Factors,
  weights: Float64Array,
  inputsDiffer: boolean,
): void {
  const { input, delta, X, D } = layer
  if (inputsDiffer) {
    for (let k = 0; k < D.rows * D.columns; k++) d[k] -= delta[k]
    for (let k = 0; k < X.rows * X.columns; k++) input[k] = x[k] - input[k]
    addWeighted(pass, layer, weights, false)
    input.set(x)
    delta.set(d)
  } else for (let k = 0; k < D.rows * D.columns; k++) delta[k] = d[k] - delta[k]
  addWeighted(pass, layer, weights, true)
}

/** Adds the weighted sum of the examples' gradients in a layer; those of weight NaN are left out. */
function addWeighted({ net, n }: Pass, layer: PassLayer, weights: Float64Array, withBias: boolean): void {
  const { X, D, WGradient, gradients } = layer
  for (let i = 0; i < n; i++) {
    const weight = weights[i]
    const end = (i + 1) * D.columns
    if (!Number.isNaN(weight)) for (let k = i * D.columns; k < end; k++) D.data[k] *= weight
    else {
      // 0 times Infinity would be NaN: both factors have to go.
      D.data.fill(0, i * D.columns, end)
      X.data.fill(0, i * X.columns, (i + 1) * X.columns)
    }
  }
  addOuterProducts(net, layer, X, D, WGradient)
  if (withBias) addColumnSums(net, D, gradients.bias)
}
