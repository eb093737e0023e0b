import type { ExperimentContext } from '@opt/core'
import { type Executor, inProcess } from '@opt/executor'
import type { SeedAnswer, SeedJob } from '../seeds/play-seed.ts'
import { seedTask } from '../seeds.ts'

/** Opens an executor on the given number of cores in Node; elsewhere on this thread. */
export async function openExecutor(cores?: number): Promise<Executor> {
  if (!('process' in globalThis))
    return inProcess({ modules: { [seedTask.module]: () => import('../seeds/play-seed.ts') } })
  const { threads } = await import('../node/threads.ts')
  return threads(cores)
}

/** Runs jobs on an executor and reports the progress. */
export async function playAll(
  context: ExperimentContext,
  executor: Executor,
  jobs: SeedJob[],
  label: string,
  start: number,
  end: number,
): Promise<SeedAnswer[]> {
  await context.progress(start, label)
  return executor.map(seedTask, jobs, {
    ...(context.signal && { signal: context.signal }),
    onProgress: ({ completed, total }) => {
      // If it was aborted, the map rejects.
      context.progress(start + ((end - start) * completed) / total, label).catch(() => {})
    },
  })
}
