import type { ExperimentContext } from '@opt/core'
import { mean } from '@opt/core/experiment'
import type { Executor } from '@opt/executor'
import { withoutSimulator } from '../learning/without-simulator.ts'
import type { SeedJob } from '../seeds/play-seed.ts'
import { deepPath } from '../worlds/deep-path.ts'
import { policyCover } from '../worlds/policy-cover.ts'
import { playAll } from './study.ts'

const BETAS = [0, 1e-4, 3e-4, 1e-3, 3e-3]

interface Setting {
  name: string
  episodes: number
  betas: number[]
  job: Pick<SeedJob, 'learner'> & { options: object }
  prototype: string
}

const barrier = { learner: 'withSimulator', options: { learningRate: 1, regularization: 1e-4 } } as const
const reduced = {
  learner: 'withSimulator',
  options: { regularizer: 'negativeEntropy', learningRate: 0.1, regularization: 1e-4 },
} as const
const free = (split: boolean) =>
  ({ learner: 'withoutSimulator', options: { learningRate: 10, epoch: 50, regularization: 0.01, split } }) as const

/** The deep path: what the bonus is for, and what forced exploration does. */
export async function deep(context: ExperimentContext, executor: Executor, start: number, end: number): Promise<void> {
  const full = context.scale === 'full'
  const seeds = full ? 10 : 6
  const { mdp, theta } = deepPath()
  const { horizon: H, actions: A } = mdp
  const world = mdp.data()
  const settings: Setting[] = [
    {
      name: 'log barrier, eta 1',
      episodes: 4000,
      betas: full ? BETAS : [0, 3e-4],
      job: barrier,
      prototype: '641, 171, 152, 194, 306',
    },
  ]
  if (full)
    settings.push(
      {
        name: 'log barrier, eta 1',
        episodes: 16_000,
        betas: BETAS,
        job: barrier,
        prototype: '1568, 244, 313, 594, 1107',
      },
      {
        name: 'magnitude-reduced, eta .1',
        episodes: 16_000,
        betas: BETAS,
        job: reduced,
        prototype: '1343, 694, 879, 1278, 1848',
      },
      {
        name: 'model-free, W 50, split',
        episodes: 16_000,
        betas: [0, 1e-3],
        job: free(true),
        prototype: '2915, 1181 (1e-3)',
      },
      {
        name: 'model-free, W 50',
        episodes: 16_000,
        betas: [0, 1e-3],
        job: free(false),
        prototype: '3018, 1379 (1e-3)',
      },
    )
  const jobs = settings.flatMap(({ job, episodes, betas }) =>
    betas.flatMap((beta) =>
      Array.from({ length: seeds }, (_, k) => ({
        learner: job.learner,
        options: { ...job.options, beta, episodes, every: episodes },
        world,
        adversary: { kind: 'given', theta },
        seed: 1000 * context.seed + k,
      })),
    ),
  ) as SeedJob[]
  const answers = await playAll(context, executor, jobs, 'the deep path', start, end)
  const regrets = settings.map(({ betas }, s) => {
    const before = settings.slice(0, s).reduce((sum, other) => sum + other.betas.length * seeds, 0)
    return new Map(
      betas.map((beta, b) => [
        beta,
        answers.slice(before + b * seeds, before + (b + 1) * seeds).map(({ regret }) => regret),
      ]),
    )
  })
  context.table({
    title: `The deep path (H 7): mean (largest) regret of ${seeds} seeds by beta`,
    columns: ['learner', 'K', ...BETAS.map((beta) => `beta ${beta}`), 'prototype'],
    rows: settings.map(({ name, episodes, prototype }, s) => [
      name,
      episodes,
      ...BETAS.map((beta) => {
        const list = regrets[s].get(beta)
        return list ? `${mean(list).toFixed(0)} (${Math.max(...list).toFixed(0)})` : ''
      }),
      prototype,
    ]),
  })
  const [none, some] = [0, 3e-4].map((beta) => mean(regrets[0].get(beta)!))
  context.claim({
    claim: 'On the deep path the dilated bonus more than halves the regret (log barrier, K = 4000, beta 3e-4)',
    paper: 'the bonus makes the bound hold',
    ours: `${none.toFixed(0)} to ${some.toFixed(0)}`,
    pass: some <= 230 && some <= 0.45 * none,
  })
  if (full) {
    const long = mean(regrets[1].get(1e-4)!)
    context.claim({
      claim: 'Deep path, log barrier, K = 16,000, beta 1e-4: mean regret at most 380',
      paper: '',
      ours: long.toFixed(0),
      pass: long <= 380,
    })
  }

  const cover = policyCover(mdp, { rounds: 30, episodes: 5, random: context.seed })
  let reached = 0
  for (let round = 0; round < cover.rounds; round++)
    reached += Number([...Array(H).keys()].every((h) => (cover.policy(round, h, 0) as Float64Array)[h % A] === 1))
  context.claim({
    claim: 'A policy cover of 30 rounds reaches the end of the path in at least a tenth of its episodes',
    paper: 'uniform play: 0.05 %',
    ours: `${((100 * reached) / cover.rounds).toFixed(0)} %`,
    pass: reached >= 0.1 * cover.rounds,
  })
  await context.progress(end, 'exploring with the cover')
  const adversary = (out: Float64Array) => out.set(theta.flat())
  const explored = (exploration: number) =>
    mean(
      Array.from({ length: full ? seeds : 3 }, (_, k) => {
        const options = {
          ...free(false).options,
          beta: 1e-3,
          episodes: 4000,
          every: 4000,
          random: 1000 * context.seed + k,
        }
        return withoutSimulator(mdp, adversary, { ...options, exploration, cover }).regret
      }),
    )
  const [without, forced] = [0, 0.1].map(explored)
  context.claim({
    claim: 'Exploring with this cover in every tenth episode does not lower the regret of the model-free learner there',
    paper: 'needed by its proof',
    ours: `${without.toFixed(0)} without, ${forced.toFixed(0)} with`,
    pass: null,
  })
}
