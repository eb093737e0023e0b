import type { ExperimentContext } from '@opt/core'
import { type Executor, inProcess, type Task, task } from '@opt/executor'
import { openExecutor, progressOf } from '@opt/executor/experiment'
import type { RotationJob, rotationJob, ShiftAnswer, ShiftJob, shiftJob } from './jobs.ts'

const here = new URL('./jobs.js', import.meta.url)
const shift: Task<ShiftJob, ShiftAnswer> = task<typeof shiftJob>(here, 'shiftJob')
const rotation: Task<RotationJob, number> = task<typeof rotationJob>(here, 'rotationJob')

/** Where a bundler finds the tasks. */
const modules = { [here.href]: () => import('./jobs.ts') }

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
    return this.#map(shift, jobs, label)
  }

  rotation(jobs: RotationJob[], label: string): Promise<number[]> {
    return this.#map(rotation, jobs, label)
  }

  async #map<I, O>(what: Task<I, O>, jobs: I[], label: string): Promise<O[]> {
    const context = this.#context
    const before = this.#done / this.#total
    this.#done += jobs.length
    await context.progress(before, label)
    this.#executor ??= context.scale === 'quick' ? inProcess({ modules }) : await openExecutor(modules, context.cores)
    return this.#executor.map(what, jobs, {
      signal: context.signal,
      onProgress: progressOf(context, label, before, this.#done / this.#total),
    })
  }

  async close(): Promise<void> {
    await this.#executor?.close()
  }
}
