import { calling, type Matrix, number, options as optionsOf, refuse, show } from '@opt/core'
import { type DenseNetwork, type Inputs, mlp } from '@opt/nn'
import ndarray from 'ndarray'
import { networkActivation } from './activations.ts'
import { checkNetwork, type GrownNetwork, type GrownNetworkLike, stagesOf, type UnitsOption } from './grown-network.ts'

/** The loss of @opt/nn whose outputs z are F, or 2 F for the logistic loss. */
const NETWORK_LOSS = { squared: 'squared', logistic: 'logistic', softmax: 'cross-entropy' } as const

/**
 * Makes a network of @opt/nn, for instance to train it further, to attack it, or to measure its curvature. Its outputs
 * are F; for the logistic loss 2 F, so that their sigmoid is the probability.
 *
 * @throws TypeError or RangeError when the network is not one, or `units` leaves none.
 */
export function toNetwork(network: GrownNetworkLike, options?: UnitsOption): DenseNetwork {
  return calling('toNetwork', () => networkOf(checkNetwork(network, 'network'), options, ''))
}

/** {@link toNetwork} of a checked network. */
export function networkOf(net: GrownNetwork, options: UnitsOption | undefined, label: string): DenseNetwork {
  const [d, U] = net.W.shape as [number, number]
  const kept = keptUnits(net, options, label)
  const dense = mlp({
    sizes: [d, kept, net.c.length],
    activation: networkActivation(net.activation),
    loss: NETWORK_LOSS[net.loss],
  })
  const [hidden, output] = dense.layers()
  for (let i = 0; i < d; i++) hidden.weight.set(net.W.data.subarray(i * U, i * U + kept), i * kept)
  hidden.bias!.set(net.b.subarray(0, kept))
  writeOutput(net, kept, output)
  return dense
}

function keptUnits(net: GrownNetwork, options: UnitsOption | undefined, label: string): number {
  const kept = stagesOf(net, options, label) * net.neuronsPerStep
  if (kept === 0) refuse(`${label}units`, `${net.neuronsPerStep} at least, one stage`, show(options?.units))
  return kept
}

function writeOutput(
  net: GrownNetwork,
  kept: number,
  { weight, bias }: ReturnType<DenseNetwork['layers']>[number],
): void {
  const K = net.c.length
  const factor = net.loss === 'logistic' ? 2 : 1
  for (let i = 0; i < kept * K; i++) weight[i] = factor * net.V.data[i]
  for (let k = 0; k < K; k++) bias![k] = factor * net.cumulativeBias.get(kept / net.neuronsPerStep, k)
}

/** Options of {@link frozenFeatures}. */
export interface LayerOption {
  /** A hidden layer, from 0 (default the last). */
  layer?: number | undefined
}

/**
 * Computes the activations of a hidden layer of a trained network: features on which to boost new last layers, while
 * the layers below stay as they are.
 *
 * @param X n rows of inputs, flat or as a matrix.
 * @returns n x the units of that layer.
 * @throws TypeError or RangeError when the network has no such layer, or the inputs do not fit.
 */
export function frozenFeatures(network: DenseNetwork, X: Inputs, options?: LayerOption): Matrix {
  return calling('frozenFeatures', () => {
    const layer = layerOf(network, options)
    const units = network.sizes[layer + 1]
    const features = Float64Array.from(network.activations(X)[layer])
    return ndarray(features, [features.length / units, units])
  })
}

/** Options of {@link weld}. */
export interface WeldOptions extends UnitsOption, LayerOption {}

/**
 * Welds a network that was boosted on {@link frozenFeatures} onto the layers below it: one network of @opt/nn from the
 * inputs to the outputs, which are those of {@link toNetwork}.
 *
 * All hidden layers must have one activation. Sigmoid units become units of tanh exactly, by sigmoid(z) = (1 + tanh(z /
 * 2)) / 2; so boost with 'sigmoid' or 'tanh' on a tanh network, with 'relu' on one of relu.
 *
 * @param network the one that gave the features, without batch normalization or noise.
 * @throws TypeError or RangeError when the parts do not fit.
 */
export function weld(network: DenseNetwork, boosted: GrownNetworkLike, options?: WeldOptions): DenseNetwork {
  return calling('weld', () => {
    const { units, layer: at } = optionsOf(options, 'options', ['units', 'layer'])
    const layer = layerOf(network, { layer: at })
    const net = checkNetwork(boosted, 'boosted')
    const kept = keptUnits(net, { units }, '')
    const [d, U] = net.W.shape as [number, number]
    if (d !== network.sizes[layer + 1])
      refuse('boosted.W', `of ${network.sizes[layer + 1]} rows, the units of the layer`, `${d}`)
    const below = network.layers().slice(0, layer + 1)
    if (below.some(({ scale, bias }) => scale || !bias))
      refuse('network', 'with biases and without batch normalization', 'another')
    const { activation } = network
    const sigmoids = net.activation === 'sigmoid' && activation === 'tanh'
    if (net.activation !== activation && !sigmoids) {
      const fitting = activation === 'tanh' ? `'tanh' or 'sigmoid'` : `'${activation}', as the network's`
      refuse('boosted.activation', fitting, `'${net.activation}'`)
    }
    const sizes = [...network.sizes.slice(0, layer + 2), kept, net.c.length]
    const welded = mlp({
      sizes,
      activation: networkActivation(sigmoids ? 'tanh' : net.activation),
      loss: NETWORK_LOSS[net.loss],
      dtype: network.dtype,
      batch: network.batch,
    })
    const layers = welded.layers()
    below.forEach(({ weight, bias }, l) => {
      layers[l].weight.set(weight)
      layers[l].bias!.set(bias!)
    })
    const [hidden, output] = layers.slice(-2)
    const half = sigmoids ? 0.5 : 1
    for (let i = 0; i < d; i++)
      for (let j = 0; j < kept; j++) hidden.weight[i * kept + j] = half * net.W.data[i * U + j]
    for (let j = 0; j < kept; j++) hidden.bias![j] = half * net.b[j]
    writeOutput(net, kept, output)
    if (sigmoids) {
      const K = net.c.length
      for (let i = 0; i < kept * K; i++) {
        output.weight[i] *= 0.5
        output.bias![i % K] += output.weight[i]
      }
    }
    return welded
  })
}

function layerOf(network: DenseNetwork, given: LayerOption | undefined): number {
  if (typeof network?.activations !== 'function' || !Array.isArray(network.sizes))
    refuse('network', 'a network of @opt/nn', show(network), 'type')
  const last = network.sizes.length - 3
  if (last < 0) refuse('network', 'one with hidden layers', 'none')
  const { layer = last } = optionsOf(given, 'options', ['layer'])
  return number(layer, 'layer', { integer: true, min: 0, max: last })
}
