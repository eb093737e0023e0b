import type { Experiment } from '@opt/core'
import { badStart } from './experiment/bad-start.ts'
import { convexSuite } from './experiment/convex-suite.ts'
import { network } from './experiment/network.ts'
import { randomBounds } from './experiment/random-bounds.ts'
import { worstFunction } from './experiment/worst-function.ts'

/** Last iterates and their bounds, the classical schedules against the refined one, and where refinement pays. */
export const experiment: Experiment = async (context) => {
  const full = context.scale === 'full'
  await worstFunction(context, 0, 0.05)
  randomBounds(context)
  await badStart(context, 0.05, 0.25)
  await convexSuite(context, 0.3, full ? 0.4 : 0.7)
  if (full) await network(context, 0.7, 0.3)
  context.note(
    'Refinement helps after a bad start, and not reliably from a zero start; it is a heuristic, since the optimal weights belong to the norms of the run that uses them. Where the problem is solved to 1e-4, cosine is mostly ahead of linear decay.',
  )
  context.note(
    'Not reproduced: the claims of the paper for ImageNet, language models and its other large tasks. Its convex suite has other data sets, Adam, and settings that we do not know.',
  )
}
