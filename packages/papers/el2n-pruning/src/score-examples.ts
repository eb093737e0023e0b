import {
  boolean,
  callback,
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
import { ScoreAverage } from './average.ts'
import { calling, scoresOf } from './intake.ts'
import { checkedJob, type ScoreJob, type scoreJob, scoresOfJob } from './score-job.ts'

/** A labelled data set: flat inputs, row-major, and a class for each row. */
export interface LabelledData {
  inputs: Float32Array | Float64Array
  labels: ArrayLike<number>
}

export type ScoreExamplesOptions = Omit<ScoreJob, 'inputs' | 'labels' | 'seed'> & {
  /** How many networks the scores are a mean of (default 5; the authors advise 10). */
  networks?: number
  /** Default 0. */
  seed?: number
  /** Keep each network's own scores in the answer (default false). */
  perNetwork?: boolean
}

/** Scores, one an example. */
export interface ExampleScores {
  /** The mean over networks. */
  scores: Float64Array
  /** The standard deviation between networks. */
  std: Float64Array
  /** How many networks there were. */
  networks: number
  perNetwork?: Float64Array[]
}

/** How far the scoring is. */
export interface ScoreReport extends Report {
  /** Networks done. */
  networks: number
}

/** The jobs of all networks, checked, each with a seed of its own. */
function jobs(data: LabelledData, options: ScoreExamplesOptions): Required<ScoreJob>[] {
  if (typeof data !== 'object' || data === null) refuse('data', 'inputs and labels', show(data), 'type')
  const { inputs, labels } = data
  const { networks = 5, seed = 0, perNetwork = false, ...rest } = jobOptions(optionsOf(options, 'options'))
  number(networks, 'networks', { integer: true, min: 1 })
  boolean(perNetwork, 'perNetwork')
  const chance = random(number(seed, 'seed', { integer: true }))
  const job = checkedJob({ ...rest, inputs, labels, seed })
  return Array.from({ length: networks }, () => ({ ...job, seed: chance.integer(0, 4294967296) }))
}

function answer(perNetwork: Float64Array[], keep: boolean | undefined): ExampleScores {
  const average = new ScoreAverage()
  for (const scores of perNetwork) average.add(scores)
  return {
    scores: average.mean(),
    std: average.std(),
    networks: average.count,
    ...(keep ? { perNetwork } : {}),
  }
}

/**
 * Scores every example by a few small networks, each trained for a few epochs on all of the data.
 * One iteration of the solver is one network; stopped early, the answer is the mean over those that are done.
 */
export const scoreExamples: Solver<[data: LabelledData, options: ScoreExamplesOptions], ScoreReport, ExampleScores> =
  solver(
    'scoreExamples',
    function* (data: LabelledData, options: ScoreExamplesOptions): Generator<ScoreReport, ExampleScores, boolean> {
      const perNetwork: Float64Array[] = []
      for (const job of jobs(data, options)) {
        perNetwork.push(scoresOfJob(job))
        if (yield { networks: perNetwork.length }) break
      }
      return answer(perNetwork, options.perNetwork)
    },
    { maxIterations: Number.MAX_SAFE_INTEGER },
  )

/** Without the driver's options: a job must be plain data. */
function jobOptions(options: ScoreExamplesOptions): ScoreExamplesOptions {
  const { networks, seed, perNetwork, sizes, score, epochs, layers, activation } = options
  const { batchSize, learningRate, weightDecay, schedule, dtype } = options
  const all = {
    networks,
    seed,
    perNetwork,
    sizes,
    score,
    epochs,
    layers,
    activation,
    batchSize,
    learningRate,
    weightDecay,
    schedule,
    dtype,
  }
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as unknown as ScoreExamplesOptions
}

/**
 * {@link scoreExamples} with a network an input of an executor's map: all cores, or a cluster. The scores are the same to the bit.
 *
 * @param options.task where {@link scoreJob} is to be found, for bundled pages and clusters; by default this package's own module
 */
export async function scoreExamplesOver(
  executor: Executor,
  data: LabelledData,
  given: ScoreExamplesOptions & {
    task?: Task<ScoreJob, Float64Array>
    onProgress?: (report: ScoreReport) => void
    signal?: AbortSignal
  },
): Promise<ExampleScores> {
  if (typeof executor?.map !== 'function' || typeof executor.close !== 'function')
    refuse('scoreExamplesOver: executor', 'an executor', show(executor), 'type')
  const {
    task: where = task<typeof scoreJob>(new URL('./score-job.js', import.meta.url), 'scoreJob'),
    onProgress,
    signal,
    ...options
  } = optionsOf(given, 'scoreExamplesOver: options')
  if (onProgress !== undefined) callback(onProgress, 'scoreExamplesOver: onProgress')
  const all = calling('scoreExamplesOver', () => jobs(data, options))
  const perNetwork = await executor.map(where, all, {
    onProgress: ({ completed }) => onProgress?.({ networks: completed }),
    ...(signal === undefined ? {} : { signal }),
  })
  if (perNetwork?.length !== all.length)
    refuse('scoreExamplesOver: executor', `one that answers ${all.length} score vectors`, show(perNetwork), 'type')
  for (const [k, scores] of perNetwork.entries()) scoresOf(scores, `scoreExamplesOver: scores of network ${k}`)
  return answer(perNetwork, options.perNetwork)
}
