import type { ExperimentContext } from '@opt/core'
import { type Executor, inProcess, type Task, task } from '@opt/executor'
import { type RotationJob, rotationJob, type ShiftAnswer, type ShiftJob, shiftJob } from './jobs.ts'

const here = new URL('./jobs.js', import.meta.url)

/** Runs the jobs of the experiment: one after the other at the quick scale, else on the cores of the context. */
export class Jobs {
  readonly #context: ExperimentContext
  readonly #total: number
  #done = 0
  #executor: Executor | null = null

  /** @param total number of jobs there will be, for the progress. */
  constructor(context: ExperimentContext, total: number) {
    this.#context = context
    this.#total = total
  }

  shift(jobs: ShiftJob[], label: string): Promise<ShiftAnswer[]> {
    return this.#map(shiftJob, task<typeof shiftJob>(here, 'shiftJob'), jobs, label)
  }

  rotation(jobs: RotationJob[], label: string): Promise<number[]> {
    return this.#map(rotationJob, task<typeof rotationJob>(here, 'rotationJob'), jobs, label)
  }

  async #map<I, O>(run: (job: I) => O, remote: Task<I, O>, jobs: I[], label: string): Promise<O[]> {
    const context = this.#context
    await context.progress(this.#done / this.#total, label)
    if (context.scale === 'quick') {
      const answers: O[] = []
      for (const job of jobs) {
        answers.push(run(job))
        await context.progress(++this.#done / this.#total, label)
      }
      return answers
    }
    const before = this.#done
    this.#executor ??= await open(context.cores)
    return this.#executor.map(remote, jobs, {
      signal: context.signal,
      onProgress: ({ completed }) => {
        this.#done = before + completed
        // If it was aborted, the map rejects.
        context.progress(this.#done / this.#total, label).catch(() => {})
      },
    })
  }

  async close(): Promise<void> {
    await this.#executor?.close()
  }
}

/** Opens threads in Node; elsewhere the jobs run on this thread. */
async function open(cores: number | undefined): Promise<Executor> {
  if (!('process' in globalThis)) return inProcess({ modules: { [here.href]: () => import('./jobs.ts') } })
  const { threads } = await import('../node/threads.ts')
  return threads(cores)
}
