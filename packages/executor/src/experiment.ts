/**
 * What the experiment of a paper needs to run its jobs side by side.
 *
 * @packageDocumentation
 */
import type { ExperimentContext } from '@opt/core'
import { checkCount } from './check.ts'
import type { Executor } from './executor.ts'
import { inProcess } from './inprocess.ts'
import type { Progress } from './map-options.ts'
import { checkModules, type Modules } from './task.ts'

/**
 * Opens worker threads in Node, as many as `cores`, by default one per core; elsewhere an executor of this thread,
 * where a bundler finds the tasks by `modules`.
 *
 * @throws {RangeError} if cores is not a positive integer
 * @throws {TypeError} if modules is not an object from names to absolute URLs or functions that import
 */
export async function openExecutor(modules: Modules, cores?: number): Promise<Executor> {
  checkModules('openExecutor', modules, 'imports')
  if (cores !== undefined) checkCount('openExecutor', 'cores', cores)
  if (!('process' in globalThis)) return inProcess({ modules })
  const { workerThreads } = await import('./node/threads.ts')
  return workerThreads({ workers: cores })
}

/**
 * Returns an `onProgress` of `map` that reports to an experiment, from one share of its work to another. After a
 * report that failed the next one throws its error, which ends the map.
 */
export function progressOf(
  context: Pick<ExperimentContext, 'progress'>,
  label: string,
  from = 0,
  to = 1,
): (progress: Progress) => void {
  let failure: { error: unknown } | undefined
  return ({ completed, total }) => {
    if (failure) throw failure.error
    context.progress(from + ((to - from) * completed) / total, label).catch((error) => {
      failure = { error }
    })
  }
}
