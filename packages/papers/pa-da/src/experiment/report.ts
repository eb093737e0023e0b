import type { ExperimentContext } from '@opt/core'
import { mean, range, standardDeviation } from '@opt/core/experiment'
import { kendallTau } from '../ranking/kendall.ts'
import type { Truths } from '../truths.ts'
import type { ArmResult } from './judge.ts'
import { RECORDED_TAU } from './recorded.ts'
import { recordedTruth } from './study.ts'

type Arms = Record<string, ArmResult>

/** The gain in tau over the seeds that both arms have, and in how many of them it is positive. */
interface Difference {
  gain: number
  /** Standard error of the gain. */
  error: number
  above: number
  seeds: number
  text: string
}

function difference(a: ArmResult, b: ArmResult): Difference {
  const seeds = Math.min(a.tau.length, b.tau.length)
  const gains = Array.from({ length: seeds }, (_, k) => a.tau[k] - b.tau[k])
  const gain = mean(gains)
  const above = gains.filter((one) => one > 0).length
  const error = standardDeviation(gains) / Math.sqrt(seeds)
  return {
    gain,
    error,
    above,
    seeds,
    text: `${gain >= 0 ? '+' : ''}${gain.toFixed(3)}, higher in ${above} of ${seeds} seeds`,
  }
}

/** The gain of PA&DA over SPOS, and the model that is chosen by it. */
export function claimGain(
  { claim }: ExperimentContext,
  arms: Arms,
  { judged, least }: { judged: boolean; least: number },
): void {
  const [spos, panda] = [arms.SPOS, arms['PA&DA']]
  const { gain, above, seeds, text } = difference(panda, spos)
  claim({
    claim: `PA&DA ranks better than SPOS at equal cost: mean tau at least ${least} higher`,
    paper: 'higher on NAS-Bench-201',
    ours: `${mean(panda.tau).toFixed(3)} against ${mean(spos.tau).toFixed(3)}: ${text}`,
    pass: judged ? gain >= least : null,
  })
  if (seeds >= 5)
    claim({
      claim: 'PA&DA ranks better than SPOS in four of five seeds',
      paper: '',
      ours: `${above} of ${seeds}`,
      pass: judged ? above >= 0.8 * seeds : null,
    })
  const [own, other] = [mean(panda.regret), mean(spos.regret)]
  claim({
    claim: 'The architecture chosen with PA&DA is better',
    paper: 'better',
    ours: `${own < other - 0.005 ? 'yes' : 'does not carry over'}: its true accuracy is ${own.toFixed(4)} below the best, with SPOS ${other.toFixed(4)}`,
    pass: null,
  })
}

/** The baselines and the controls, and what examples add. */
export function claimControls({ claim }: ExperimentContext, arms: Arms, judged: boolean): void {
  const fair = difference(arms.FairNAS, arms.SPOS)
  const drift = difference(arms['drift and data'], arms['PA&DA'])
  const anti = difference(arms['drift to no parameters'], arms.SPOS)
  const rows: [string, string, boolean][] = [
    ['FairNAS ranks as SPOS does: within 0.08', fair.text, Math.abs(fair.gain) <= 0.08],
    ['A fixed drift without any gradient norm does as well: within 0.05', drift.text, Math.abs(drift.gain) <= 0.05],
    ['A drift to operations without parameters ranks worse than SPOS: by 0.05', anti.text, anti.gain <= -0.05],
  ]
  for (const [sentence, ours, pass] of rows)
    claim({ claim: sentence, paper: '', ours: `tau ${ours}`, pass: judged ? pass : null })
  const [alone, added] = [difference(arms['data only'], arms.SPOS), difference(arms['PA&DA'], arms['paths only'])]
  const carries = [alone, added].every(({ gain, error }) => gain > 2 * error)
  const within = ({ text, error }: Difference) => `${text}, standard error ${error.toFixed(3)}`
  claim({
    claim: 'Sampling examples by their gradient norms improves the ranking',
    paper: 'yes',
    ours: `${carries ? 'yes' : 'not beyond chance'}: tau ${within(alone)}, by itself; ${within(added)}, on top of sampled paths`,
    pass: null,
  })
}

/** Whether the models by themselves can be ranked at all. */
export function claimTruth({ claim }: ExperimentContext, { accuracies, means }: Truths, judged: boolean): void {
  if (accuracies[0].length > 1) {
    const [first, second] = [0, 1].map((s) => accuracies.map((row) => row[s]))
    const { tau } = kendallTau(first, second)
    claim({
      claim: 'The truth can be ranked: tau between two seeds of the models by themselves is at least 0.75',
      paper: '',
      ours: tau.toFixed(3),
      pass: judged ? tau >= 0.75 : null,
    })
  }
  if (!judged) return
  const { tau } = kendallTau(means, recordedTruth())
  claim({
    claim: 'It is the truth of the reference implementation too: tau between both is at least 0.75',
    paper: '',
    ours: tau.toFixed(3),
    pass: tau >= 0.75,
  })
}

/** All arms; with `reference`, beside the means of the reference implementation. */
export function tabulate({ table }: ExperimentContext, arms: Arms, reference: boolean): void {
  const spread = (values: number[]) => `${mean(values).toFixed(3)} (${range(values, 3)})`
  table({
    title: "Kendall's tau between supernet and truth: mean (smallest to largest)",
    columns: ['arm', 'seeds', 'all paths', ...(reference ? ['reference'] : []), 'distinct', 'above 0.9', 'regret'],
    rows: Object.entries(arms).map(([name, { tau, distinct, good, regret }]) => [
      name,
      tau.length,
      spread(tau),
      ...(reference ? [RECORDED_TAU[name]?.toFixed(3) ?? ''] : []),
      mean(distinct).toFixed(3),
      mean(good).toFixed(3),
      mean(regret).toFixed(4),
    ]),
  })
}
