import {
  boolean,
  callback,
  calling,
  number,
  options as optionsOf,
  type Report,
  random,
  refuse,
  type Solver,
  show,
  solver,
} from '@opt/core'
import { type Executor, type Task, task } from '@opt/executor'
import { checkScores } from '../intake.ts'
import { ScoreAverage } from '../scores/average.ts'
import { checkJob, RECIPE, runJob, type ScoreJob, type scoreJob } from './score-job.ts'

/** A labelled data set: flat row-major inputs, and a class for each row. */
export interface LabelledData {
  inputs: Float32Array | Float64Array
  labels: ArrayLike<number>
}

/** Options of {@link scoreExamples}: those of one network, and how many there are. */
export type ScoreExamplesOptions = Omit<ScoreJob, 'inputs' | 'labels' | 'seed'> & {
  /** The number of networks whose scores are averaged. Default 5; the authors advise 10. */
  networks?: number
  /** Default 0. */
  seed?: number
  /** Return each network's own scores, too. Default false. */
  perNetwork?: boolean
}

const OPTIONS = [...RECIPE, 'networks', 'seed', 'perNetwork'] as const

/** Scores, one for each example. */
export interface ExampleScores {
  /** The mean over networks. */
  scores: Float64Array
  /** The standard deviation between networks. */
  std: Float64Array
  /** The number of networks. */
  networks: number
  /** With option `perNetwork`: the scores of each network. */
  perNetwork?: Float64Array[] | undefined
}

/** Progress of {@link scoreExamples}. */
export interface ScoreReport extends Report {
  /** The number of networks done. */
  networks: number
}

/** The checked job of each network, with a seed of its own. */
function checkJobs(data: LabelledData, options: ScoreExamplesOptions): Required<ScoreJob>[] {
  if (typeof data !== 'object' || data === null) refuse('data', 'inputs and labels', show(data), 'type')
  const { inputs, labels } = data
  const { networks = 5, seed = 0, perNetwork = false, ...recipe } = options
  number(networks, 'networks', { integer: true, min: 1 })
  boolean(perNetwork, 'perNetwork')
  const rng = random(number(seed, 'seed', { integer: true }))
  const job = checkJob({ ...recipe, inputs, labels, seed })
  return Array.from({ length: networks }, () => ({ ...job, seed: rng.integer(0, 4294967296) }))
}

function averageOf(perNetwork: Float64Array[], options: ScoreExamplesOptions): ExampleScores {
  const average = new ScoreAverage()
  for (const scores of perNetwork) average.add(scores)
  return {
    scores: average.mean(),
    std: average.std(),
    networks: average.count,
    perNetwork: options.perNetwork ? perNetwork : undefined,
  }
}

/**
 * Scores every example by a few small networks, each trained on all of the data for a few epochs.
 *
 * One iteration of the solver is one network; when it is stopped early, the scores are the mean
 * over the networks done.
 *
 * @throws TypeError or RangeError for data or options that are wrong, and when training diverges.
 */
export const scoreExamples: Solver<[data: LabelledData, options: ScoreExamplesOptions], ScoreReport, ExampleScores> =
  solver(
    'scoreExamples',
    function* (data, options) {
      const perNetwork: Float64Array[] = []
      for (const job of checkJobs(data, options)) {
        perNetwork.push(runJob(job))
        const report: ScoreReport = { networks: perNetwork.length }
        const stop = yield report
        if (stop) break
      }
      return averageOf(perNetwork, options)
    },
    {
      maxIterations: Number.MAX_SAFE_INTEGER,
      options: OPTIONS,
    },
  )

/** Options of {@link scoreExamplesOver}. */
export type ScoreExamplesOverOptions = ScoreExamplesOptions & {
  /**
   * Where the executor finds {@link scoreJob}, for bundled pages and clusters. Default: this
   * package's own module.
   */
  task?: Task<ScoreJob, Float64Array>
  onProgress?: (report: ScoreReport) => void
  signal?: AbortSignal
}

/**
 * {@link scoreExamples} over an executor, such as all cores or a cluster, with one network for each
 * input of its map.
 *
 * @returns the same scores to the bit.
 * @throws TypeError or RangeError for data or options that are wrong, before any work starts;
 *   whatever the executor throws.
 */
export async function scoreExamplesOver(
  executor: Executor,
  data: LabelledData,
  given: ScoreExamplesOverOptions,
): Promise<ExampleScores> {
  if (typeof executor?.map !== 'function' || typeof executor.close !== 'function')
    refuse('scoreExamplesOver: executor', 'an executor', show(executor), 'type')
  const {
    task: where = task<typeof scoreJob>(new URL('./score-job.js', import.meta.url), 'scoreJob'),
    onProgress,
    signal,
    ...options
  } = optionsOf(given, 'scoreExamplesOver: options', [...OPTIONS, 'task', 'onProgress', 'signal'])
  if (onProgress !== undefined) callback(onProgress, 'scoreExamplesOver: onProgress')
  const jobs = calling('scoreExamplesOver', () => checkJobs(data, options))
  const perNetwork = await executor.map(where, jobs, {
    signal,
    onProgress: ({ completed }) => onProgress?.({ networks: completed }),
  })
  if (perNetwork?.length !== jobs.length)
    refuse('scoreExamplesOver: executor', `one that answers ${jobs.length} score vectors`, show(perNetwork), 'type')
  for (const [k, scores] of perNetwork.entries()) checkScores(scores, `scoreExamplesOver: scores of network ${k}`)
  return averageOf(perNetwork, options)
}
