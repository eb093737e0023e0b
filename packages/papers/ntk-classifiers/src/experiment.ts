import type { Experiment } from '@opt/core'
import { consistency } from './experiment/consistency.ts'
import { finiteNetworks } from './experiment/finite.ts'
import { realData } from './experiment/real-data.ts'

/**
 * Shows the excess error of the limits on a sphere as the data grow, the agreement of deep networks with their limits
 * on real data, and finite networks on their way to the infinite ones; judged on errors and counts.
 */
export const experiment: Experiment = async (context) => {
  await consistency(context)
  await realData(context)
  await finiteNetworks(context)
}
