import { type Modules, notCloneable, runTask, type Task } from './task.ts'

/** What a page sends to its worker: one attempt. */
export interface Order {
  readonly task: Task
  readonly input: unknown
}

/** A worker's own side of the window to its page. */
interface WorkerSide {
  onmessage: ((event: MessageEvent<Order>) => void) | null
  postMessage(message: unknown): void
}

/**
 * Makes a web worker answer `webWorkers`: the worker script of a bundled page is a line or two.
 *
 *     import { serveTasks } from '@opt/executor/worker'
 *     serveTasks({ score: () => import('./score.js') })
 *
 * @param modules what the names in tasks stand for; with it, only these modules are run; without it, tasks name URLs
 */
export function serveTasks(modules?: Modules): void {
  const worker = globalThis as unknown as WorkerSide
  const { signal } = new AbortController()
  const locked = lockForLife((name) => worker.postMessage({ lock: name }))
  worker.onmessage = async ({ data: { task, input } }) => {
    await locked
    const outcome = await runTask(task, input, signal, modules)
    try {
      worker.postMessage(outcome)
    } catch (error) {
      worker.postMessage(notCloneable('output', error as Error))
    }
  }
}

/**
 * Browsers tell nobody that a worker is gone, but they free its locks: whoever is granted this one knows. Pages
 * without locks (not served by https or from localhost) only hear of workers that die of an error.
 */
function lockForLife(announce: (name: string) => void): Promise<void> {
  return new Promise((resolve) => {
    if (navigator.locks === undefined) return resolve()
    const name = `@opt/executor ${crypto.randomUUID()}`
    const hold = () => {
      announce(name)
      resolve()
      return new Promise(() => {})
    }
    navigator.locks.request(name, hold).catch(() => resolve())
  })
}
