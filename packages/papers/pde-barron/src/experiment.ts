import type { Experiment } from '@opt/core'
import { charges } from './experiment/charges.ts'
import { dimensions } from './experiment/dimensions.ts'
import { neurons } from './experiment/neurons.ts'
import { norms } from './experiment/norms.ts'
import { randomPoints } from './experiment/random-points.ts'
import { rates } from './experiment/rates.ts'
import { sampling } from './experiment/sampling.ts'

/** Rates and certificates, Barron norms, sampled networks, ten dimensions, networks that solve, and a use. */
export const experiment: Experiment = async (context) => {
  context.note(
    'The paper is a theorem without experiments; figures in brackets are those of a prototype in numpy. The rates, certificates and constants of A and B are sharper ones than its own, derived for this package.',
  )
  await rates(context)
  await norms(context)
  await sampling(context)
  await dimensions(context)
  await neurons(context)
  await randomPoints(context)
  await charges(context)
}
