import type { Experiment } from '@opt/core'
import { compareRules } from './experiment/compare-rules.ts'
import { damping } from './experiment/damping.ts'
import { loadDigits } from './experiment/digits.ts'
import { mnistWithoutSearch } from './experiment/mnist.ts'
import { noSearch } from './experiment/no-search.ts'
import { sharpness } from './experiment/sharpness.ts'
import { stableRates } from './experiment/stable-rates.ts'
import { covariance, wigner } from './experiment/theorems.ts'

/** A: training without a search. B: largest stable rates. C: the theorems. D: damping. */
export const experiment: Experiment = async (context) => {
  const quick = context.scale === 'quick'
  const stage = (from: number, to: number, label: string) => (done: number) =>
    context.progress(from + (to - from) * done, label)
  await noSearch(context, stage(0, quick ? 0.8 : 0.4, 'training without a search'))
  if (context.scale === 'full') await mnistWithoutSearch(context)
  const digits = await loadDigits(context.seed)
  if (!quick) await stableRates(context, digits, stage(0.4, 0.75, 'the largest stable rates'))
  await context.progress(quick ? 0.8 : 0.75, 'random matrices')
  wigner(context)
  covariance(context)
  if (!quick) sharpness(context, digits)
  if (context.scale === 'full') {
    await compareRules(context, stage(0.75, 0.85, 'the rules compared'))
    await damping(context, digits, stage(0.85, 1, 'damping'))
  }
}
