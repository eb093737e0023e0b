import { checkCount, checkFunction, checkOptions } from './check.ts'
import { createExecutor, type Executor } from './executor.ts'
import type { Order } from './serve-tasks.ts'
import { notCloneable, type Outcome } from './task.ts'
import { shown, textOf } from './text.ts'

export interface WebWorkersOptions {
  /** How many tasks run at a time. Default: the number of cores that the browser reports. */
  readonly workers?: number | undefined
  /** Starts a worker that runs `serveTasks`. Default: the script of this package, which imports tasks by URL. */
  readonly worker?: (() => Worker) | undefined
}

function watchLock(name: string, freed: () => void): void {
  navigator.locks?.request(name, freed).catch(() => {})
}

/** A worker with at most one attempt in progress. */
interface Slot {
  readonly worker: Worker
  /** Ends the attempt in progress; `alive` says whether the worker may get another. */
  settle: (outcome: Outcome, alive: boolean) => void
}

interface Attempt {
  readonly order: Order
  readonly signal: AbortSignal
  readonly resolve: (outcome: Outcome) => void
}

/**
 * Runs tasks in web workers, which start when needed and stay.
 *
 * @throws {RangeError} if workers is not a positive integer
 * @throws {TypeError} if worker is not a function
 */
export function webWorkers(options: WebWorkersOptions = {}): Executor {
  checkOptions('webWorkers', options, ['workers', 'worker'])
  checkFunction('webWorkers', 'worker', options.worker)
  const {
    workers = globalThis.navigator?.hardwareConcurrency ?? 1,
    worker = () => new Worker(new URL('./web-worker.js', import.meta.url), { type: 'module' }),
  } = options
  const pool = createPool(checkCount('webWorkers', 'workers', workers), worker)
  return createExecutor('webWorkers', {
    width: workers,
    open: (task) => ({
      attempt: (input, _, signal) => new Promise((resolve) => pool.add({ order: { task, input }, signal, resolve })),
      end() {},
    }),
    close: pool.close,
  })
}

function createPool(size: number, start: () => Worker) {
  const slots = new Set<Slot>()
  const idle: Slot[] = []
  const waiting: Attempt[] = []

  function add(attempt: Attempt): void {
    waiting.push(attempt)
    pump()
  }

  function pump(): void {
    while (waiting.length > 0 && (idle.length > 0 || slots.size < size)) {
      const attempt = waiting.shift()!
      if (attempt.signal.aborted) continue
      try {
        send(idle.pop() ?? open(), attempt)
      } catch (cause) {
        attempt.resolve({ error: new Error(`no worker could be started: ${textOf(cause)}`, { cause }) })
      }
    }
  }

  function send(slot: Slot, { order, signal, resolve }: Attempt): void {
    const abort = () => slot.settle({ lost: 'aborted' }, false)
    slot.settle = (outcome, alive) => {
      signal.removeEventListener('abort', abort)
      slot.settle = settleIdle(slot)
      if (alive) idle.push(slot)
      else drop(slot)
      resolve(outcome)
      pump()
    }
    signal.addEventListener('abort', abort)
    try {
      slot.worker.postMessage(order)
    } catch (error) {
      slot.settle(notCloneable('input', error), true)
    }
  }

  function open(): Slot {
    const worker = start()
    if (typeof worker?.postMessage !== 'function')
      throw new TypeError(`webWorkers: worker must return a Worker, got ${shown(worker)}`)
    const slot: Slot = { worker, settle: () => {} }
    slot.settle = settleIdle(slot)
    slots.add(slot)
    const died = (reason: string) => slot.settle({ lost: reason }, false)
    worker.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'object' || data === null) return
      if ('lock' in data) watchLock(String(data.lock), () => died('the worker closed itself'))
      else if ('value' in data || 'error' in data) slot.settle(data, true)
    }
    worker.onerror = (event) => {
      event.preventDefault()
      died(event.message || 'the worker script did not load')
    }
    worker.onmessageerror = () => slot.settle({ error: new TypeError('the output cannot be read here') }, true)
    return slot
  }

  /** Settles a slot without an attempt in progress: only its death matters. */
  const settleIdle = (slot: Slot) => (_: Outcome, alive: boolean) => {
    if (alive || !slots.has(slot)) return
    const place = idle.indexOf(slot)
    if (place >= 0) idle.splice(place, 1)
    drop(slot)
  }

  function drop(slot: Slot): void {
    slots.delete(slot)
    slot.worker.terminate()
  }

  function close(): void {
    for (const slot of slots) drop(slot)
    idle.length = 0
  }

  return { add, close }
}
