import { callback, calling, number, options as optionsOf, refuse, show } from '@opt/core'
import { type Executor, type Task, task } from '@opt/executor'
import type { playSeed, SeedAnswer, SeedJob } from './seeds/play-seed.ts'

export type { AdversaryData, SeedAnswer, SeedJob } from './seeds/play-seed.ts'

/** The task of one seed, for `executor.map`. */
export const seedTask: Task<SeedJob, SeedAnswer> = /* @__PURE__ */ task<typeof playSeed>(
  new URL('./seeds/play-seed.js', import.meta.url),
  'playSeed',
)

/** Options of {@link playSeeds}. */
export interface PlaySeedsOptions {
  onProgress?: (progress: { completed: number; total: number }) => void
  signal?: AbortSignal
}

/**
 * Plays the same job with many seeds, on the threads of an executor. The answers come in the order of the seeds, the
 * same to the bit for any number of workers.
 *
 * @param executor `workerThreads()` of @opt/executor/node, `webWorkers()` or `inProcess()` of @opt/executor.
 * @throws TypeError or RangeError when an argument is wrong; a rejected promise for a wrong job.
 */
export function playSeeds(
  executor: Executor,
  job: Omit<SeedJob, 'seed'>,
  seeds: readonly number[],
  options: PlaySeedsOptions = {},
): Promise<SeedAnswer[]> {
  return calling('playSeeds', () => {
    callback(executor?.map, 'executor.map')
    optionsOf(job, 'job')
    if (!Array.isArray(seeds)) refuse('seeds', 'an array', show(seeds), 'type')
    seeds.forEach((seed, k) => {
      number(seed, `seeds[${k}]`, { integer: true })
    })
    const { onProgress, signal } = optionsOf(options, 'options', ['onProgress', 'signal'])
    return executor.map(
      seedTask,
      seeds.map((seed) => ({ ...job, seed }) as SeedJob),
      { ...(onProgress && { onProgress }), ...(signal && { signal }) },
    )
  })
}
