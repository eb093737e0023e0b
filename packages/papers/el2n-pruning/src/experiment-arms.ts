import type { ExperimentContext } from '@opt/core'
import { type Executor, inProcess, type Task, task } from '@opt/executor'
import { ScoreAverage } from './average.ts'
import { CLASSES, INPUTS, type Split } from './experiment-data.ts'
import type { TrainAnswer, TrainJob, trainJob } from './experiment-jobs.ts'
import type { ScoreJob, scoreJob } from './score-job.ts'

/** Runs the experiment's tasks on all cores and says how far they are. */
export class Crew {
  readonly #context: ExperimentContext
  readonly #executor: Executor
  #done = 0
  #total: number

  constructor(context: ExperimentContext, executor: Executor, total: number) {
    this.#context = context
    this.#executor = executor
    this.#total = total
  }

  async map<I, O>(what: Task<I, O>, inputs: I[], label: string): Promise<O[]> {
    const { signal } = this.#context
    await this.#context.progress(this.#done / this.#total, label)
    const before = this.#done
    const answers = await this.#executor.map(what, inputs, {
      ...(signal === undefined ? {} : { signal }),
      onProgress: ({ completed }) => {
        this.#done = Math.min(this.#total, before + completed)
        // An abort is the map's to report.
        this.#context.progress(this.#done / this.#total, label).catch(() => {})
      },
    })
    this.#total = Math.max(this.#total, this.#done)
    return answers
  }
}

const here = (file: string) => new URL(file, import.meta.url)
const scoring = task<typeof scoreJob>(here('./score-job.js'), 'scoreJob')
const training = task<typeof trainJob>(here('./experiment-jobs.js'), 'trainJob')

/** All cores in Node; elsewhere this thread, where a bundler finds the tasks by these imports. */
export async function executorOf(): Promise<Executor> {
  if (!('process' in globalThis)) {
    const jobs = () => import('./experiment-jobs.ts')
    return inProcess({ modules: { [scoring.module]: () => import('./score-job.ts'), [training.module]: jobs } })
  }
  const { allCores } = await import('./node/all-cores.ts')
  return allCores()
}

/** One way of scoring in one repeat. */
export interface Scoring {
  split: Split
  labels?: Int32Array
  seeds: number[]
  job: Partial<ScoreJob>
}

/** The mean scores of a scoring, or of its first networks alone. */
export type MeanScores = (networks?: number) => Float64Array

/** Runs all networks of all scorings. */
export async function scoreAll(crew: Crew, scorings: Scoring[], hidden: number, label: string): Promise<MeanScores[]> {
  const jobs = scorings.flatMap(({ split, labels, seeds, job }) =>
    seeds.map((seed): ScoreJob => {
      const { inputs } = split
      return { sizes: [INPUTS, hidden, CLASSES], ...job, inputs, labels: labels ?? split.labels, seed }
    }),
  )
  const answers = await crew.map(scoring, jobs, label)
  let at = 0
  return scorings.map(({ seeds }) => {
    const perNetwork = answers.slice(at, (at += seeds.length))
    return (networks = seeds.length): Float64Array => {
      const average = new ScoreAverage()
      for (const scores of perNetwork.slice(0, networks)) average.add(scores)
      return average.mean()
    }
  })
}

/** One training of the experiment: a subset under a name, in one repeat. */
export interface Arm {
  name: string
  split: Split
  subset: Int32Array
  seed: number
  labels?: Int32Array
  watch?: Int32Array
}

/** Test accuracies in percent by name, one a repeat in order. */
export type Accuracies = Map<string, number[]>

/** Trains all arms; the answers are in their order. */
export async function trainAll(
  crew: Crew,
  arms: Arm[],
  hidden: number,
  label: string,
): Promise<{ accuracies: Accuracies; answers: TrainAnswer[] }> {
  const jobs = arms.map(({ split, subset, seed, labels, watch }): TrainJob => {
    const { inputs, testInputs, testLabels } = split
    const data = { inputs, testInputs, testLabels, labels: labels ?? split.labels }
    return { ...data, subset, hidden, seed, ...(watch ? { watch } : {}) }
  })
  const answers: TrainAnswer[] = await crew.map(training, jobs, label)
  const accuracies: Accuracies = new Map()
  arms.forEach(({ name }, i) => {
    accuracies.set(name, [...(accuracies.get(name) ?? []), 100 * answers[i].accuracy])
  })
  return { accuracies, answers }
}

export const mean = (x: readonly number[]): number => x.reduce((sum, v) => sum + v, 0) / x.length

export const deviation = (x: readonly number[]): number =>
  x.length < 2 ? 0 : Math.sqrt(x.reduce((sum, v) => sum + (v - mean(x)) * (v - mean(x)), 0) / (x.length - 1))

/** "95.86 +- 0.67" */
export const spread = (x: readonly number[], digits = 2): string =>
  x.length < 2 ? mean(x).toFixed(digits) : `${mean(x).toFixed(digits)} +- ${deviation(x).toFixed(digits)}`
