import { options as optionsOf } from '@opt/core'
import type { Real } from '../real.ts'

/** Options of what a network computes of its loss. */
export interface WeightOptions {
  /** One finite number per example, which multiplies its loss; the mean still divides by the number of examples. */
  weights?: ArrayLike<number> | undefined
}

/** Options of methods that return an array. */
export interface LossOptions extends WeightOptions {
  /** The array to write to. */
  out?: Real | undefined
}

/** Reads a last argument that is an array to write to, or options. */
export function lossOptions(given: Real | LossOptions | undefined): LossOptions {
  if (typeof (given as Real | undefined)?.length === 'number') return { out: given as Real }
  return optionsOf(given as LossOptions | undefined, 'out', ['weights', 'out'])
}

/** Reads the weights of the examples. */
export const weightsOf = (given: WeightOptions | undefined): ArrayLike<number> | undefined =>
  given === undefined ? undefined : optionsOf(given, 'options', ['weights']).weights
