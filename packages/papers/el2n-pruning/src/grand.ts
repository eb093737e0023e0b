import type { DenseNetwork, Inputs, NormLayers, Targets } from '@opt/nn'

/**
 * GraNd: the norm of the gradient of each example's own loss in all parameters (Paul, Ganguli and Dziugaite 2021, definition 2.1), in
 * closed form: per layer ||delta||^2 (||input||^2 + 1), one backward pass and no gradient of a weight.
 * In `layers: 'last'` only those of the last layer, with 'each' one norm a layer (n x layers).
 *
 * @param network with loss 'cross-entropy'; one network's scores, to be averaged over a few
 */
export function grand(
  network: DenseNetwork,
  inputs: Inputs,
  targets: Targets,
  options: { layers?: NormLayers; out?: Float64Array } = {},
): Float64Array {
  if ((inputs as ArrayLike<number>).length === 0) return new Float64Array(0)
  return network.perExampleGradientNorms(inputs, targets, options)
}
