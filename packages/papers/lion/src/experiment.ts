import type { Experiment } from '@opt/core'
import { boxExperiment } from './experiment/box.ts'
import { networkExperiment } from './experiment/network.ts'

/** A: Lion finds the optimum over its box. B: the weights of a network stay in theirs. */
export const experiment: Experiment = async (context) => {
  await boxExperiment(context)
  await networkExperiment(context)
}
