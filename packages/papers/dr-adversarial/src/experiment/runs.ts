import type { ExperimentContext } from '@opt/core'
import { inProcess, type Task, task } from '@opt/executor'
import { openExecutor, progressOf } from '@opt/executor/experiment'
import type { TrainAnswer, TrainJob, trainSeed } from '../seeds/train-seed.ts'

const remote: Task<TrainJob, TrainAnswer> = task<typeof trainSeed>(
  new URL('../seeds/train-seed.js', import.meta.url),
  'trainSeed',
)

/** Where a bundler finds the task. */
const modules = { [remote.module]: () => import('../seeds/train-seed.ts') }

/** Runs jobs: one after the other at the quick scale, else on the cores of the context. */
export async function runJobs(context: ExperimentContext, jobs: TrainJob[], label: string): Promise<TrainAnswer[]> {
  await context.progress(0, label)
  const executor = context.scale === 'quick' ? inProcess({ modules }) : await openExecutor(modules, context.cores)
  try {
    return await executor.map(remote, jobs, { signal: context.signal, onProgress: progressOf(context, label) })
  } finally {
    await executor.close()
  }
}
