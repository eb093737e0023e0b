import type { Experiment } from '@opt/core'
import { afterSeparation } from './experiment/after.ts'
import { hardInstances } from './experiment/hard.ts'
import { digitPairs } from './experiment/pairs.ts'
import { randomData } from './experiment/random-data.ts'
import { loadDigits, oneAgainstRest } from './experiment/rest.ts'

/**
 * Separates all pairs of digits by every method at every step size, the hard instance, random data,
 * and one digit against the rest; judged on numbers of steps and on proofs.
 */
export const experiment: Experiment = async (context) => {
  const digits = await loadDigits(context)
  await digitPairs(context, digits)
  await hardInstances(context)
  await randomData(context)
  await oneAgainstRest(context, digits)
  await afterSeparation(context, digits)
}
