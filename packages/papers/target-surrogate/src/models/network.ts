import { callback, refuse, show } from '@opt/core'
import type { DenseNetwork } from '@opt/nn'
import { flatRows, type Rows } from '../rows.ts'
import type { Model } from './model.ts'

/**
 * Makes a model of a network of @opt/nn. The network's parameters become those of the last evaluation; pass them
 * themselves to `TargetSurrogate`, which then trains the network in place. A network whose option `batch` is at least
 * the number of examples runs them in one pass.
 *
 * @throws TypeError or RangeError unless it is a float64 network, and with batch normalization one with `training`
 *   false.
 */
export function networkModel(network: DenseNetwork): Model<Rows> {
  for (const method of ['predict', 'backpropagate', 'layers'] as const)
    callback(network?.[method], `networkModel: network.${method}`)
  if (network.dtype !== 'float64') refuse('networkModel: network.dtype', "'float64'", show(network.dtype))
  if (network.training && network.layers().some(({ scale }) => scale !== null))
    refuse('networkModel: network.training', 'false with batch normalization', 'true')
  const { parameters, sizes } = network
  const options: { out: Float64Array } = { out: new Float64Array(0) }
  const load = (given: Float64Array) => {
    if (given === parameters) return
    if (given.length !== parameters.length)
      refuse('parameters', `of length ${parameters.length}`, `length ${given.length}`)
    parameters.set(given)
  }
  return {
    outputs: sizes[sizes.length - 1],
    prepare: (inputs) => flatRows(inputs, 'inputs', { columns: sizes[0] }),
    forward(given, inputs, out) {
      load(given)
      return network.predict(inputs as Float64Array, out)
    },
    vjp(given, inputs, cotangents, out) {
      load(given)
      options.out = out
      return network.backpropagate(inputs as Float64Array, cotangents, options)
    },
  }
}
