import type { ExperimentContext } from '@opt/core'
import { meanAndDeviation } from '@opt/core/experiment'
import { type Executor, type Modules, type Task, task } from '@opt/executor'
import { progressOf } from '@opt/executor/experiment'
import type { ScoreJob, scoreJob } from '../training/score-job.ts'
import { CLASSES, HIDDEN, INPUTS } from './digits.ts'
import type { TrainAnswer, TrainJob, trainJob } from './jobs.ts'
import type { Repeat, Scoring } from './repeats.ts'

/** One way to choose the training data; a network is trained on them in every repeat. */
export interface Arm {
  /** Chooses from the training set. */
  subset: (repeat: Repeat) => Int32Array
  /** Train on the permuted labels. */
  noisy?: boolean
  /** Record how many of the wrong labels the network has fitted. */
  watch?: boolean
}

const here = (file: string) => new URL(file, import.meta.url)
const scoring = task<typeof scoreJob>(here('../training/score-job.js'), 'scoreJob')
const training = task<typeof trainJob>(here('./jobs.js'), 'trainJob')

/** Where a bundler finds the tasks. */
export const modules: Modules = {
  [scoring.module]: () => import('../training/score-job.ts'),
  [training.module]: () => import('./jobs.ts'),
}

/** Scores and trains in all repeats, reports the progress, and holds the results by scoring and arm. */
export class Study {
  readonly context: ExperimentContext
  readonly repeats: Repeat[]
  readonly #executor: Executor
  readonly #answers = new Map<Arm, TrainAnswer[]>()
  #done = 0
  #total: number

  /** @param total number of networks there will be, for the progress. */
  constructor(context: ExperimentContext, repeats: Repeat[], executor: Executor, total: number) {
    this.context = context
    this.repeats = repeats
    this.#executor = executor
    this.#total = total
  }

  /** Maps over the executor. */
  async map<I, O>(what: Task<I, O>, inputs: I[], label: string): Promise<O[]> {
    const { context } = this
    const before = this.#done / this.#total
    this.#done += inputs.length
    this.#total = Math.max(this.#total, this.#done)
    await context.progress(before, label)
    return this.#executor.map(what, inputs, {
      signal: context.signal,
      onProgress: progressOf(context, label, before, this.#done / this.#total),
    })
  }

  /** Runs all networks of all scorings; {@link Repeat.scores} has the results. */
  async score(scorings: Scoring[], label: string): Promise<void> {
    const pairs = this.repeats.flatMap((repeat) => scorings.map((scoring) => ({ repeat, scoring })))
    const jobs = pairs.map(({ repeat, scoring: { job, networks = 5, hidden = HIDDEN, noisy } }) => {
      const { inputs, labels } = repeat.split
      const sizes = [INPUTS, hidden, CLASSES]
      const data = { inputs, labels: noisy ? repeat.noisyLabels : labels }
      return repeat.seeds.slice(0, networks).map((seed): ScoreJob => ({ ...job, ...data, sizes, seed }))
    })
    const answers = await this.map(scoring, jobs.flat(), label)
    let at = 0
    pairs.forEach(({ repeat, scoring }, k) => {
      repeat.setScores(scoring, answers.slice(at, (at += jobs[k].length)))
    })
  }

  /** Trains a network for each arm in each repeat. */
  async train(arms: Arm[], label: string): Promise<void> {
    const jobs = arms.flatMap((arm) => this.repeats.map((repeat) => trainJobOf(arm, repeat)))
    const answers: TrainAnswer[] = await this.map(training, jobs, label)
    const { length } = this.repeats
    arms.forEach((arm, k) => {
      this.setAnswers(arm, answers.slice(k * length, (k + 1) * length))
    })
  }

  setAnswers(arm: Arm, answers: TrainAnswer[]): void {
    this.#answers.set(arm, answers)
  }

  /** Test accuracies in percent, one for each repeat. */
  accuracies(arm: Arm): number[] {
    return this.#answers.get(arm)!.map(({ accuracy }) => 100 * accuracy)
  }

  /** For a watched arm, the fractions of wrong labels fitted after each epoch, in each repeat. */
  fitted(arm: Arm): number[][] {
    return this.#answers.get(arm)!.map(({ fitted }) => fitted)
  }

  /** The accuracies as text, "95.86 +- 0.67". */
  cell(arm: Arm): string {
    return meanAndDeviation(this.accuracies(arm))
  }

  /** By how much the first arm is ahead of the second in each repeat. */
  ahead(first: Arm, second: Arm): number[] {
    const others = this.accuracies(second)
    return this.accuracies(first).map((accuracy, r) => accuracy - others[r])
  }
}

function trainJobOf({ subset, noisy, watch }: Arm, repeat: Repeat): TrainJob {
  const { inputs, labels, testInputs, testLabels } = repeat.split
  return {
    inputs,
    labels: noisy ? repeat.noisyLabels : labels,
    testInputs,
    testLabels,
    subset: subset(repeat),
    watch: watch ? repeat.changed : undefined,
    hidden: HIDDEN,
    seed: repeat.finalSeed,
  }
}
