import type { ExperimentContext } from '@opt/core'
import { type Executor, inProcess, type Task, task } from '@opt/executor'
import { type TrainAnswer, type TrainJob, trainSeed } from '../seeds/train-seed.ts'

const here = new URL('../seeds/train-seed.js', import.meta.url)
const remote: Task<TrainJob, TrainAnswer> = task<typeof trainSeed>(here, 'trainSeed')

/** Runs jobs: one after the other at the quick scale, else on the cores of the context. */
export async function runJobs(context: ExperimentContext, jobs: TrainJob[], label: string): Promise<TrainAnswer[]> {
  await context.progress(0, label)
  if (context.scale === 'quick') {
    const answers: TrainAnswer[] = []
    for (const job of jobs) {
      answers.push(trainSeed(job))
      await context.progress(answers.length / jobs.length, label)
    }
    return answers
  }
  const executor = await open(context.cores)
  try {
    return await executor.map(remote, jobs, {
      signal: context.signal,
      onProgress: ({ completed, total }) => {
        // If it was aborted, the map rejects.
        context.progress(completed / total, label).catch(() => {})
      },
    })
  } finally {
    await executor.close()
  }
}

/** Opens threads in Node; elsewhere the jobs run on this thread. */
async function open(cores: number | undefined): Promise<Executor> {
  if (!('process' in globalThis)) return inProcess({ modules: { [here.href]: () => import('../seeds/train-seed.ts') } })
  const { threads } = await import('../node/threads.ts')
  return threads(cores)
}
