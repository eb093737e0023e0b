import { callback, calling, number, options as optionsOf, refuse, show } from '@opt/core'
import { checkMap } from './check.ts'
import type { Executor } from './executor.ts'
import type { MapOptions } from './map-options.ts'
import type { Task } from './task.ts'

/**
 * Runs the same job with many seeds side by side: maps the task over `{ ...job, seed }`. The answers come in the order
 * of the seeds, the same to the bit for any executor and any number of workers, if the task draws from its seed alone.
 *
 * @param executor `workerThreads()` of @opt/executor/node, `webWorkers()`, `inProcess()` or `cluster()`.
 * @param task a function of a job with a seed, as data that can be cloned.
 * @param seeds integers.
 * @param caller the name in messages of a function that calls this one (default 'mapSeeds').
 * @throws TypeError or RangeError when an argument is wrong; rejects as `executor.map` does.
 */
export function mapSeeds<J extends { seed: number }, O>(
  executor: Executor,
  task: Task<J, O>,
  job: Omit<J, 'seed'>,
  seeds: readonly number[],
  options: MapOptions = {},
  caller = 'mapSeeds',
): Promise<O[]> {
  return calling(caller, () => {
    callback(executor?.map, 'executor.map')
    optionsOf(job, 'job')
    if (!Array.isArray(seeds)) refuse('seeds', 'an array', show(seeds), 'type')
    for (let k = 0; k < seeds.length; k++) number(seeds[k], `seeds[${k}]`, { integer: true })
    checkMap(task as Task, seeds, options, caller)
    const jobs = seeds.map((seed) => ({ ...job, seed }) as unknown as J)
    return executor.map(task, jobs, options)
  })
}
