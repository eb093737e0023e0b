import { oneOf, Random, refuse, show } from '@opt/core'
import type { LayerViews } from './layout.ts'

/** How weights start: normal with variance 2 / inputs, 2 / (inputs + outputs), or 1 / inputs. */
export type Initialization = 'he' | 'glorot' | 'lecun'

const variances: Record<Initialization, (inputs: number, outputs: number) => number> = {
  he: (inputs) => 2 / inputs,
  glorot: (inputs, outputs) => 2 / (inputs + outputs),
  lecun: (inputs) => 1 / inputs,
}

/**
 * Draws the weights anew, layer by layer, row by row; biases and shifts become 0, scales 1.
 *
 * @throws TypeError or RangeError when the name is none of them or `random` is no generator.
 *
 * He et al., ICCV 2015; Glorot and Bengio, AISTATS 2010; LeCun et al., Efficient BackProp, 1998.
 */
export function initialize(layers: readonly LayerViews[], initialization: Initialization, random: Random): void {
  if (!(random instanceof Random)) refuse('initialize: random', 'a generator of random numbers', show(random), 'type')
  const variance =
    variances[oneOf(initialization, 'initialize: initialization', Object.keys(variances) as Initialization[])]
  for (const { inputs, outputs, weight, bias, scale, shift } of layers) {
    const deviation = Math.sqrt(variance(inputs, outputs))
    for (let i = 0; i < weight.length; i++) weight[i] = random.normal(0, deviation)
    bias?.fill(0)
    scale?.fill(1)
    shift?.fill(0)
  }
}
