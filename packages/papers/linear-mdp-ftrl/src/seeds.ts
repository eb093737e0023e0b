import { type Executor, type MapOptions, mapSeeds, type Task, task } from '@opt/executor'
import type { playSeed, SeedAnswer, SeedJob } from './seeds/play-seed.ts'

export type { AdversaryData, SeedAnswer, SeedJob } from './seeds/play-seed.ts'

/** The task of one seed, for `executor.map`. */
export const seedTask: Task<SeedJob, SeedAnswer> = /* @__PURE__ */ task<typeof playSeed>(
  new URL('./seeds/play-seed.js', import.meta.url),
  'playSeed',
)

/** Options of {@link playSeeds}: those of `executor.map`. */
export type PlaySeedsOptions = MapOptions

/**
 * Plays the same job with many seeds, on the threads of an executor. The answers come in the order of the seeds, the
 * same to the bit for any number of workers.
 *
 * @param executor `workerThreads()` of @opt/executor/node, `webWorkers()` or `inProcess()` of @opt/executor.
 * @throws TypeError or RangeError when an argument is wrong; a rejected promise for a wrong job.
 */
export const playSeeds = (
  executor: Executor,
  job: Omit<SeedJob, 'seed'>,
  seeds: readonly number[],
  options: PlaySeedsOptions = {},
): Promise<SeedAnswer[]> => mapSeeds<SeedJob, SeedAnswer>(executor, seedTask, job, seeds, options, 'playSeeds')
