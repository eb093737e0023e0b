import type { Experiment } from '@opt/core'
import { compare } from './experiment/comparison.ts'
import { networks, threeDimensions } from './experiment/networks.ts'
import { safeguards } from './experiment/safeguards.ts'

/**
 * Trains a network in seconds on small empty boxes and counts the iterations of all solvers on larger ones and round
 * obstacles; beyond `quick` also other networks, and three dimensions.
 */
export const experiment: Experiment = async (context) => {
  await compare(context)
  await safeguards(context)
  if (context.scale === 'quick') return
  await networks(context)
  await threeDimensions(context)
}
