import { calling, type Matrix, type MatrixLike, matrix } from '@opt/core'
import { layersOf, type Network } from './layers.ts'

/**
 * Returns the activations of every layer, without noise: those of the hidden layers, then the outputs.
 *
 * @param inputs examples x inputs.
 * @returns one matrix per layer, examples x units.
 * @throws TypeError or RangeError naming the layer or the argument that is wrong.
 */
export function activations(network: Network, inputs: MatrixLike): Matrix[] {
  return calling('activations', () => {
    let rows = matrix(inputs, 'inputs')
    return layersOf(network, 'network').map((layer) => (rows = layer.forward(rows)))
  })
}
