import { oneOf, Random, refuse, show } from '@opt/core'
import type { LayerViews } from './parameters.ts'

/** Normal weights of variance 2 / inputs ('he'), 2 / (inputs + outputs) ('glorot') or 1 / inputs ('lecun'). */
export type Initialization = 'he' | 'glorot' | 'lecun'

const variances: Record<Initialization, (inputs: number, outputs: number) => number> = {
  he: (inputs) => 2 / inputs,
  glorot: (inputs, outputs) => 2 / (inputs + outputs),
  lecun: (inputs) => 1 / inputs,
}

export const INITIALIZATIONS: Initialization[] = ['he', 'glorot', 'lecun']

/**
 * Draws all weights, layer by layer, row by row; sets biases and shifts to 0, scales to 1.
 *
 * He et al., ICCV 2015; Glorot and Bengio, AISTATS 2010; LeCun et al., Efficient BackProp, 1998.
 *
 * @throws TypeError or RangeError for an unknown name or a `random` that is not a generator.
 */
export function initialize(layers: readonly LayerViews[], initialization: Initialization, random: Random): void {
  if (!(random instanceof Random)) refuse('initialize: random', 'a generator of random numbers', show(random), 'type')
  const variance = variances[oneOf(initialization, 'initialize: initialization', INITIALIZATIONS)]
  for (const { inputs, outputs, weight, bias, scale, shift } of layers) {
    const deviation = Math.sqrt(variance(inputs, outputs))
    for (let i = 0; i < weight.length; i++) weight[i] = random.normal(0, deviation)
    bias?.fill(0)
    scale?.fill(1)
    shift?.fill(0)
  }
}
