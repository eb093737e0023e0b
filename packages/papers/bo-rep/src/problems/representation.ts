import { type BilevelProblem, type NetworkData, type NetworkOracles, networkLevel } from '@opt/bilevel'
import { options as optionsOf, refuse, show } from '@opt/core'

/** What {@link representation} needs of a network; those of @opt/nn have it. */
export interface LayeredNetwork extends NetworkOracles {
  layers(): readonly { weight: ArrayLike<number>; bias: ArrayLike<number> | null }[]
}

/** A network whose first layers are the upper variables and whose last layer is the lower one. */
export interface Representation extends BilevelProblem {
  /** Lengths of x, the parameters of all layers but the last, and of y, those of the last. */
  readonly dimensions: { readonly x: number; readonly y: number }
  /** Copies of the network's parameters, a start of {@link boRep}. */
  readonly start: { x: Float64Array; y: Float64Array }
}

/**
 * Makes the problem of learning a representation: the last layer, and its bias, fit the training examples, and the
 * layers before it are chosen such that this last layer is best on validation examples. g is the network's mean loss
 * plus l2 |y|^2 / 2, F the mean loss over validation examples.
 *
 * @param network at least two layers; float64, without batch normalization and noise. Functions set its parameters.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function representation(
  network: LayeredNetwork,
  training: NetworkData,
  validation: NetworkData,
  options: { l2?: number | undefined } = {},
): Representation {
  const name = 'representation: '
  const { l2 = 0.01 } = optionsOf(options, `${name}options`, ['l2'])
  if (typeof network?.layers !== 'function') refuse(`${name}network`, 'a network of @opt/nn', show(network), 'type')
  const layers = network.layers()
  if (layers.length < 2) refuse(`${name}network`, 'of at least two layers', `${layers.length}`)
  const { weight, bias } = layers[layers.length - 1]
  const last = weight.length + (bias?.length ?? 0)
  const split = network.parameters.length - last
  for (const [label, data] of Object.entries({ training, validation }))
    if (typeof data !== 'object' || data === null)
      refuse(`${name}${label}`, 'an object with inputs and targets', show(data), 'type')
  return {
    dimensions: { x: split, y: last },
    start: {
      x: Float64Array.from(network.parameters.subarray(0, split)),
      y: Float64Array.from(network.parameters.subarray(split)),
    },
    lower: networkLevel(network, training.inputs, training.targets, { split, l2 }),
    upper: networkLevel(network, validation.inputs, validation.targets, { split }),
  }
}
