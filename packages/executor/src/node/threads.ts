import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { checkCount, checkOptions } from '../check.ts'
import { createExecutor, type Executor, type Runner } from '../executor.ts'
import type { Order } from '../serve-tasks.ts'
import { locate, notCloneable, type Outcome, type Task } from '../task.ts'
import { textOf } from '../text.ts'
import { type NodeModules, settleModules } from './modules.ts'

export interface WorkerThreadsOptions {
  /** How many tasks run at a time. Default: `os.availableParallelism()`. */
  readonly workers?: number | undefined
  /** Modules by the names that tasks use; if given, only these are run. Paths start from the working directory. */
  readonly modules?: NodeModules | undefined
}

/**
 * Runs tasks in worker threads, which start at the first map and stay.
 *
 * @throws {RangeError} if workers is not a positive integer
 * @throws {TypeError} if modules is not an object from names to URLs and paths
 */
export function workerThreads(options: WorkerThreadsOptions = {}): Executor {
  checkOptions('workerThreads', options, ['workers', 'modules'])
  return createExecutor('workerThreads', threadRunner('workerThreads', options))
}

export function threadRunner(
  owner: string,
  { workers = availableParallelism(), modules: places }: WorkerThreadsOptions,
): Runner {
  checkCount(owner, 'workers', workers)
  const modules = settleModules(owner, places)
  let pool: Piscina | undefined

  const start = () => {
    const started = new Piscina({
      filename: new URL('./thread.js', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
      recordTiming: false,
    })
    // A thread may die without a task in progress; the pool replaces it silently.
    started.on('error', () => {})
    return started
  }

  async function attempt(task: Task, input: unknown, signal: AbortSignal): Promise<Outcome> {
    let order: Order
    try {
      order = { task: locate(task, modules), input }
    } catch (error) {
      return { error }
    }
    let reason: unknown
    try {
      const outcome: Outcome | null | undefined = await (pool ??= start()).run(order, { signal })
      // To the pool a thrown null is no error.
      if (outcome) return outcome
    } catch (thrown) {
      reason = thrown
    }
    // The task's own errors are outcomes; here either the input cannot be cloned, or the thread died.
    return whyNotCloneable(input) ?? { lost: textOf(reason) }
  }

  return {
    width: workers,
    open: (task) => ({ attempt: (input, _, signal) => attempt(task, input, signal), end() {} }),
    close: async () => {
      await pool?.destroy()
      pool = undefined
    },
  }
}

function whyNotCloneable(input: unknown): Outcome | undefined {
  try {
    structuredClone(input)
    return undefined
  } catch (reason) {
    return notCloneable('input', reason)
  }
}
