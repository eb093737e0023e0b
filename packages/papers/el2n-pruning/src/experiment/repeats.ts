import { type ExperimentContext, type Random, random } from '@opt/core'
import { ScoreAverage } from '../scores/average.ts'
import { permuteLabels } from '../selection/noise.ts'
import { select } from '../selection/select.ts'
import type { ScoreJob } from '../training/score-job.ts'
import { type Digits, type Split, splitDigits } from './digits.ts'

/** One way to score the training set, in every repeat. */
export interface Scoring {
  job: Pick<ScoreJob, 'score' | 'epochs' | 'schedule'>
  /** Default 5. */
  networks?: number
  /** Default 128. */
  hidden?: number
  /** Score with the permuted labels. */
  noisy?: boolean
}

/** One repeat: its own split of the digits, seeds and noise, and the scores computed so far. */
export class Repeat {
  readonly split: Split
  /** Labels of which a tenth are permuted. */
  readonly noisyLabels: Int32Array
  /** The examples whose noisy label is wrong. */
  readonly changed: Int32Array
  /** Of ten scoring networks. */
  readonly seeds: number[]
  /** Of the networks trained on subsets. */
  readonly finalSeed: number
  readonly #rng: Random
  readonly #scores = new Map<Scoring, Float64Array[]>()

  constructor(digits: Digits, rng: Random) {
    this.split = splitDigits(digits, rng)
    const { labels, changed } = permuteLabels(this.split.labels, { fraction: 0.1, seed: rng })
    this.noisyLabels = labels
    this.changed = changed
    const draw = () => rng.integer(0, 4294967296)
    this.seeds = Array.from({ length: 10 }, draw)
    this.finalSeed = draw()
    this.#rng = rng
  }

  /** Draws a random subset. */
  randomSubset(keep: number): Int32Array {
    return select(this.split.labels, { keep, from: 'random', seed: this.#rng })
  }

  setScores(scoring: Scoring, perNetwork: Float64Array[]): void {
    this.#scores.set(scoring, perNetwork)
  }

  /** The mean scores of all networks of a scoring, or of its first ones. */
  scores(scoring: Scoring, networks: number = Infinity): Float64Array {
    const average = new ScoreAverage()
    for (const scores of this.#scores.get(scoring)!.slice(0, networks)) average.add(scores)
    return average.mean()
  }
}

/** Makes five repeats, or a single one for a quick run. */
export function makeRepeats(digits: Digits, { scale, seed }: ExperimentContext): Repeat[] {
  const root = random(seed)
  return Array.from({ length: scale === 'quick' ? 1 : 5 }, () => new Repeat(digits, root.split()))
}
