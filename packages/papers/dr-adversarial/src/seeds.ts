import { type Executor, type MapOptions, mapSeeds, type Task, task } from '@opt/executor'
import type { TrainAnswer, TrainJob, trainSeed } from './seeds/train-seed.ts'

export type { TrainAnswer, TrainJob } from './seeds/train-seed.ts'

/** The task of one seed, for `executor.map`. */
export const seedTask: Task<TrainJob, TrainAnswer> = /* @__PURE__ */ task<typeof trainSeed>(
  new URL('./seeds/train-seed.js', import.meta.url),
  'trainSeed',
)

/**
 * Trains and audits the same network from many seeds, on the threads of an executor. The answers come in the order of the
 * seeds, the same to the bit for any number of workers.
 *
 * @param executor `workerThreads()` of @opt/executor/node, `webWorkers()` or `inProcess()` of @opt/executor.
 * @throws TypeError or RangeError when an argument is wrong; a rejected promise for a wrong job.
 */
export const trainSeeds = (
  executor: Executor,
  job: Omit<TrainJob, 'seed'>,
  seeds: readonly number[],
  options: MapOptions = {},
): Promise<TrainAnswer[]> => mapSeeds<TrainJob, TrainAnswer>(executor, seedTask, job, seeds, options, 'trainSeeds')
