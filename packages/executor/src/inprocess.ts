import { giveWay, turnIsUp } from '@opt/core'
import { checkCount, checkOptions } from './check.ts'
import { createExecutor, type Executor } from './executor.ts'
import type { MapOptions } from './map-options.ts'
import {
  checkModules,
  type Modules,
  notCloneable,
  type Outcome,
  runTask,
  type Task,
  type TaskFunction,
} from './task.ts'

/** An executor that also takes a bare function, which no other thread has to find. */
export interface InProcessExecutor extends Executor {
  map<I, O>(task: Task<I, O> | TaskFunction<I, O>, inputs: readonly I[], options?: MapOptions): Promise<O[]>
}

export interface InProcessOptions {
  /** Modules by the names that tasks use; if given, only these are run. */
  readonly modules?: Modules | undefined
  /** How many tasks are in progress at a time. More than 1 helps tasks that wait, for a child process or a server. Default 1. */
  readonly concurrency?: number | undefined
}

/**
 * Runs tasks in this thread, by default one after the other: the executor for first steps, debugging and
 * comparison, and for tasks that wait for work done elsewhere. Inputs and outputs are cloned as for a thread, so that
 * switching executors changes nothing.
 *
 * @throws {TypeError} if modules is not an object from names to absolute URLs or functions that import
 * @throws {RangeError} if concurrency is not a positive integer
 */
export function inProcess(options: InProcessOptions = {}): InProcessExecutor {
  checkOptions('inProcess', options, ['modules', 'concurrency'])
  const { modules, concurrency = 1 } = options
  checkCount('inProcess', 'concurrency', concurrency)
  if (modules !== undefined) checkModules('inProcess', modules, 'imports')

  async function attempt(task: Task, input: unknown, signal: AbortSignal): Promise<Outcome> {
    // Between tasks a page can draw and a signal can abort.
    if (turnIsUp()) {
      await giveWay(() => signal.aborted)
      if (signal.aborted) return { error: signal.reason }
    }
    const given = clone('input', input)
    if ('error' in given) return given
    const outcome = await runTask(task, given.value, signal, modules)
    return 'value' in outcome ? clone('output', outcome.value) : outcome
  }

  const { map, close } = createExecutor('inProcess', {
    width: concurrency,
    open: (task) => ({ attempt: (input, _, signal) => attempt(task, input, signal), end() {} }),
    close() {},
  })
  return {
    map: (task, inputs, options) => map(typeof task === 'function' ? bare(task) : task, inputs, options),
    close,
  }
}

const bare = <I, O>(run: TaskFunction<I, O>): Task<I, O> => ({ module: '', name: run.name || 'the task', run })

function clone(what: 'input' | 'output', value: unknown): { value: unknown } | { error: unknown } {
  try {
    return { value: structuredClone(value) }
  } catch (error) {
    return notCloneable(what, error)
  }
}
