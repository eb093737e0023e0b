import type { Experiment } from '@opt/core'
import { boundsHold } from './experiment/bounds-hold.ts'
import { heavyTails } from './experiment/heavy-tails.ts'
import { lastOrAverage } from './experiment/last-or-average.ts'
import { rates } from './experiment/rates.ts'

/**
 * The last point of stochastic mirror descent against its bounds, against averages, and under noise without a
 * variance. The paper has no experiments: problems and claims are this package's, the shape of the claims is that of
 * the theorems.
 */
export const experiment: Experiment = async (context) => {
  await boundsHold(context, 0, 0.2)
  await lastOrAverage(context, 0.2, 0.4)
  await heavyTails(context, 0.6, 0.2)
  await rates(context, 0.8, 0.2)
}
