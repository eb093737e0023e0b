import type { Experiment } from '@opt/core'
import { directions } from './experiment/directions.ts'
import { edit } from './experiment/edit.ts'
import { growth } from './experiment/growth.ts'
import { nonlinear } from './experiment/nonlinear.ts'
import { retrieval } from './experiment/retrieval.ts'

/**
 * Where training of attention leads, with linear and with ReLU heads, and the edit of a head that retrieves digits;
 * judged on cosines, choices, ranks and certificates.
 */
export const experiment: Experiment = async (context) => {
  await directions(context)
  await growth(context)
  await nonlinear(context)
  await edit(context)
  await retrieval(context)
}
