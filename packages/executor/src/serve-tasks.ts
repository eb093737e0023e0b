import { checkModules, type Modules, notCloneable, type Outcome, runTask, type Task } from './task.ts'
import { textOf } from './text.ts'

/** A message from a page to its worker: one attempt. */
export interface Order {
  readonly task: Task
  readonly input: unknown
}

/** The worker's side of the channel to its page. */
interface WorkerSide {
  onmessage: ((event: MessageEvent<Order>) => void) | null
  onmessageerror: (() => void) | null
  postMessage(message: unknown): void
}

/**
 * Makes a web worker serve `webWorkers`: the worker script of a bundled page needs no more.
 *
 *     import { serveTasks } from '@opt/executor/worker'
 *     serveTasks({ score: () => import('./score.js') })
 *
 * @param modules modules by the names that tasks use; if given, only these are run. Otherwise tasks name URLs
 * @throws {TypeError} if modules is not an object from names to absolute URLs or functions that import
 */
export function serveTasks(modules?: Modules): void {
  if (modules !== undefined) checkModules('serveTasks', modules, 'imports')
  const worker = globalThis as unknown as WorkerSide
  const { signal } = new AbortController()
  const locked = lockForLife((name) => worker.postMessage({ lock: name }))

  /** Posts an outcome, or an error in words where it cannot be posted: the page would wait forever. */
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

/** Other messages, of a page to a worker that it started itself, are ignored. */
const isOrder = (data: unknown): data is Order =>
  typeof data === 'object' && data !== null && 'task' in data && 'input' in data

/**
 * Holds a lock for as long as the worker lives. Browsers do not report that a worker is gone, but they release its
 * locks. Pages without locks (not served by https or from localhost) only notice workers that die of an error.
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
