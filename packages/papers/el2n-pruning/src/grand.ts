import { options, refuse, show } from '@opt/core'
import type { DenseNetwork, Inputs, NormLayers, Targets } from '@opt/nn'
import { calling, checkNetwork, isFlat, tagOf } from './intake.ts'

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
  given: { layers?: NormLayers; out?: Float64Array } = {},
): Float64Array {
  return calling('grand', () => {
    checkNetwork(network)
    const { out, ...settings } = options(given, 'options')
    if (out !== undefined && tagOf(out) !== 'Float64Array') refuse('out', 'a Float64Array', show(out), 'type')
    if (isFlat(inputs) && inputs.length === 0) return new Float64Array(0)
    // Into an array of its own: an example too far on is refused in the midst of the work.
    const norms = network.perExampleGradientNorms(
      inputs,
      targets,
      out ? { ...settings, out: new Float64Array(out.length) } : settings,
    )
    if (out === undefined) return norms
    out.set(norms)
    return out
  })
}
