import { calling, oneOf, options as optionsOf } from '@opt/core'
import type { TableLike } from '../intake.ts'
import { type LsviOptions, lsvi, type TabularOptions, tabular, uniform } from '../learning/baselines.ts'
import type { PlayAnswer, PlayOptions, PlayReport } from '../learning/play.ts'
import { type WithSimulatorOptions, withSimulator } from '../learning/with-simulator.ts'
import { type WithoutSimulatorOptions, withoutSimulator } from '../learning/without-simulator.ts'
import { type Adversary, adversaries } from '../worlds/adversaries.ts'
import { type LinearMdpData, linearMdp } from '../worlds/linear-mdp.ts'

/** An adversary as data, for other threads. */
export type AdversaryData =
  | { kind: 'counter' }
  | { kind: 'given'; theta: TableLike }
  | { kind: 'congestion'; base: TableLike; weight: number }

type Choice =
  | { learner: 'withSimulator'; options: Omit<WithSimulatorOptions, 'random' | 'initial'> }
  | { learner: 'withoutSimulator'; options: Omit<WithoutSimulatorOptions, 'random' | 'initial' | 'cover'> }
  | { learner: 'tabular'; options: Omit<TabularOptions, 'random' | 'initial'> }
  | { learner: 'lsvi'; options: Omit<LsviOptions, 'random' | 'initial'> }
  | { learner: 'uniform'; options: Omit<PlayOptions, 'random' | 'initial'> }

/** One run, as data. */
export type SeedJob = Choice & {
  world: LinearMdpData
  adversary: AdversaryData
  seed: number
}

/** What a run came to. */
export interface SeedAnswer {
  regret: number
  averageLoss: number
  /** Of the reports: the number of episodes and the regret. */
  curve: { episode: number; regret: number; averageLoss: number }[]
}

const LEARNERS = { withSimulator, withoutSimulator, tabular, lsvi, uniform }

/**
 * Plays one job.
 *
 * @throws TypeError or RangeError when it is wrong.
 */
export function playSeed(job: SeedJob): SeedAnswer {
  return calling('playSeed', () => {
    const { learner, world, adversary, seed, options } = optionsOf(job, 'job', [
      'learner',
      'world',
      'adversary',
      'seed',
      'options',
    ])
    oneOf(learner, 'learner', ['withSimulator', 'withoutSimulator', 'tabular', 'lsvi', 'uniform'])
    const mdp = linearMdp(world)
    const curve: SeedAnswer['curve'] = []
    const onProgress = ({ episode, regret, averageLoss }: PlayReport) =>
      void curve.push({ episode, regret, averageLoss })
    const play = LEARNERS[learner] as (...args: unknown[]) => PlayAnswer
    const settings = { ...optionsOf(options as object, 'options'), random: seed, onProgress, history: false }
    const { regret, averageLoss } = play(mdp, adversaryOf(adversary, mdp.dimension), settings)
    return { regret, averageLoss, curve }
  })
}

function adversaryOf(adversary: AdversaryData, dimension: number): Adversary {
  const given = optionsOf(adversary, 'adversary')
  oneOf(given.kind, 'adversary.kind', ['counter', 'given', 'congestion'])
  if (given.kind === 'counter') return adversaries.counter(dimension)
  if (given.kind === 'given') return adversaries.given(given.theta)
  return adversaries.congestion({ base: given.base, weight: given.weight })
}
