import { callback, refuse, show } from '@opt/core'
import type { DenseNetwork } from '@opt/nn'
import { networkOracle } from './network-oracle.ts'
import type { AdversarialModel, Oracle, TrainableModel } from './oracle.ts'
import { userOracle } from './user-oracle.ts'

/** Whether a model is a network of @opt/nn. */
export const isNetwork = (model: unknown): model is DenseNetwork =>
  typeof (model as DenseNetwork | null)?.predict === 'function' &&
  typeof (model as DenseNetwork).backpropagateToInputs === 'function'

/**
 * Reads a model.
 *
 * @param trains whether its parameters and their gradient are needed.
 */
export function oracleOf(model: DenseNetwork | AdversarialModel, columns: number, trains: boolean): Oracle {
  if (isNetwork(model)) return networkOracle(model, columns)
  const given = model as Partial<TrainableModel> | null
  if (typeof given !== 'object' || given === null)
    refuse('model', 'a network of @opt/nn, or an object with logits and inputGradient', show(model), 'type')
  for (const name of ['logits', 'inputGradient', ...(trains ? ['weightedGradient'] : [])] as const)
    callback(given[name as 'logits'] as () => unknown, `model.${name}`)
  if (trains) {
    const { parameters } = given
    if (!(parameters instanceof Float64Array || parameters instanceof Float32Array) || parameters.length === 0)
      refuse('model.parameters', 'a nonempty Float64Array or Float32Array', show(parameters), 'type')
  }
  return userOracle(given as TrainableModel, trains)
}
