import { refuse, show } from '@opt/core'
import { keep, scalar, type Tensor } from '@tensorflow/tfjs-core'
import type { NamedTensor } from './gradients.ts'

/** The name of the one weight that carries the state. */
const WEIGHT = 'optimizer/state'

/** Returns a state as a weight: a tensor of one string, to be disposed of. */
export const toWeight = (state: unknown): { name: string; tensor: Tensor } => ({
  name: WEIGHT,
  tensor: keep(scalar(JSON.stringify(state), 'string')),
})

/** Returns the state in the weights that {@link toWeight} made, unchecked. */
export async function fromWeights(weights: NamedTensor[]): Promise<unknown> {
  const weight = Array.isArray(weights) ? weights.find((one) => one?.name === WEIGHT)?.tensor : undefined
  if (weight?.dtype !== 'string') refuseGiven(weights)
  const [text] = await weight.data<'string'>()
  try {
    return JSON.parse(text)
  } catch {
    refuseGiven(text)
  }
}

function refuseGiven(given: unknown): never {
  refuse('TfOptimizer.setWeights: weights', 'what getWeights() returned', show(given), 'type')
}
