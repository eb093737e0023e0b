import type { ExperimentContext } from '@opt/core'
import type { Executor, Modules } from '@opt/executor'
import { progressOf } from '@opt/executor/experiment'
import type { SeedAnswer, SeedJob } from '../seeds/play-seed.ts'
import { seedTask } from '../seeds.ts'

/** Where a bundler finds the task. */
export const modules: Modules = { [seedTask.module]: () => import('../seeds/play-seed.ts') }

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
    onProgress: progressOf(context, label, start, end),
  })
}
