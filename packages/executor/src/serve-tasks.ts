import { checkModules, type Modules, notCloneable, type Outcome, runTask, type Task } from './task.ts'
import { textOf } from './text.ts'

/** What a page sends to its worker: one attempt. */
export interface Order {
  readonly task: Task
  readonly input: unknown
}

/** A worker's own side of the window to its page. */
interface WorkerSide {
  onmessage: ((event: MessageEvent<Order>) => void) | null
  onmessageerror: (() => void) | null
  postMessage(message: unknown): void
}

/**
 * Makes a web worker answer `webWorkers`: the worker script of a bundled page is a line or two.
 *
 *     import { serveTasks } from '@opt/executor/worker'
 *     serveTasks({ score: () => import('./score.js') })
 *
 * @param modules what the names in tasks stand for; with it, only these modules are run; without it, tasks name URLs
 * @throws {TypeError} if modules is not an object from names to absolute URLs or functions that import
 */
export function serveTasks(modules?: Modules): void {
  if (modules !== undefined) checkModules('serveTasks', modules, 'imports')
  const worker = globalThis as unknown as WorkerSide
  const { signal } = new AbortController()
  const locked = lockForLife((name) => worker.postMessage({ lock: name }))

  /** An answer that cannot be posted is told in words: a page without an answer waits for ever. */
  function answer(outcome: Outcome): void {
    try {
      worker.postMessage(outcome)
    } catch (reason) {
      worker.postMessage(
        'error' in outcome ? { error: new Error(textOf(outcome.error)) } : notCloneable('output', reason),
      )
    }
  }

  worker.onmessage = async ({ data }) => {
    if (!isOrder(data)) return
    await locked
    answer(await runTask(data.task, data.input, signal, modules))
  }
  worker.onmessageerror = () => answer({ error: new TypeError('the input cannot be read in the worker') })
}

/** Whatever else a page sends to a worker that it has started itself is not for us. */
const isOrder = (data: unknown): data is Order =>
  typeof data === 'object' && data !== null && 'task' in data && 'input' in data

/**
 * Browsers tell nobody that a worker is gone, but they free its locks: whoever is granted this one knows. Pages
 * without locks (not served by https or from localhost) only hear of workers that die of an error.
 */
function lockForLife(announce: (name: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const locks = globalThis.navigator?.locks
    if (locks === undefined) return resolve()
    const name = `@opt/executor ${crypto.randomUUID()}`
    const hold = () => {
      announce(name)
      resolve()
      return new Promise(() => {})
    }
    locks.request(name, hold).catch(() => resolve())
  })
}
