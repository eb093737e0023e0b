import { number, oneOf, options, type Random, randomFrom } from '@opt/core'
import ndarray from 'ndarray'
import { checkNeurons, type InnerPart, type Neurons, WAVES, type Wave } from './network.ts'

/** Random neurons: inner weights of N(0, scale^2); biases such that each bends within the box (tanh), or uniform (cos). */
export interface RandomNeurons {
  /** Default 100. */
  count?: number | undefined
  /** Default 'tanh'. */
  activation?: Wave | undefined
  /** Default 2 for 'tanh', 4.5 for 'cos'. */
  scale?: number | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

/** Draws neurons. */
function drawNeurons(given: RandomNeurons, d: number, label: string): InnerPart {
  const {
    count = 100,
    activation = 'tanh',
    seed = 0,
    ...rest
  } = options(given, label, ['count', 'activation', 'scale', 'seed'])
  oneOf(activation, `${label}.activation`, WAVES)
  const { scale = activation === 'tanh' ? 2 : 4.5 } = rest
  number(count, `${label}.count`, { integer: true, min: 1, max: 20_000 })
  number(scale, `${label}.scale`, { positive: true })
  const rng = randomFrom(seed, `${label}.seed`)
  const W = new Float64Array(count * d)
  const b = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    for (let j = 0; j < d; j++) W[k * d + j] = scale * rng.normal()
    if (activation === 'cos') b[k] = rng.uniform(0, 2 * Math.PI)
    else for (let j = 0; j < d; j++) b[k] -= W[k * d + j] * rng.uniform()
  }
  return { activation, inputWeights: ndarray(W, [count, d]), biases: b }
}

/** Checks neurons, or draws them. */
export function neuronsOf(given: Neurons | RandomNeurons | undefined, d: number, label: string): InnerPart {
  const neurons = options(given, label)
  return 'inputWeights' in neurons ? checkNeurons(neurons, d, label) : drawNeurons(neurons, d, label)
}
