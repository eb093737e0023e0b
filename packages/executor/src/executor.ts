import { onAbort } from './abort.ts'
import { checkMap } from './check.ts'
import type { MapOptions } from './map-options.ts'
import type { Outcome, Task } from './task.ts'
import { brief, textOf } from './text.ts'

/** Maps a task over inputs, wherever the work is done. */
export interface Executor {
  /**
   * Runs a task on every input and returns the outputs in the order of the inputs. Inputs and outputs are structured
   * clones; the caller's values are not changed.
   *
   * @throws {TaskError} if the task throws on an input, or its worker dies in the first attempt and all retries
   * @throws {TypeError | RangeError} if an argument is not what it should be
   * @throws the signal's reason, once it aborts
   */
  map<I, O>(task: Task<I, O>, inputs: readonly I[], options?: MapOptions): Promise<O[]>
  /** Ends running maps, which reject, and releases every thread and connection. May be called again. */
  close(): Promise<void>
}

/** Thrown when the task fails on an input; the other inputs are cancelled. */
export class TaskError extends Error {
  /** The input's index in `inputs`. */
  readonly index: number

  constructor(message: string, index: number, cause: unknown) {
    super(message, { cause })
    this.name = 'TaskError'
    this.index = index
  }
}

/** What distinguishes an executor: a way to try a task once. */
export interface Runner {
  /** How many inputs of a map are in progress at a time. */
  readonly width: number
  /** Prepares a map. */
  open(task: Task): Run | Promise<Run>
  close(): void | Promise<void>
}

export interface Run {
  /**
   * Tries an input once. The signal is that of this attempt; an outcome after it has aborted is ignored.
   *
   * @throws when the executor itself cannot continue, which ends the map.
   */
  attempt(input: unknown, index: number, signal: AbortSignal): Promise<Outcome>
  /** Called once the map is over. */
  end(): void | Promise<void>
}

/** Makes an executor of a runner: order, progress, retries, errors and endings are the same for all. */
export function createExecutor(name: string, runner: Runner): Executor {
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined
  return {
    async map<I, O>(typed: Task<I, O>, inputs: readonly I[], options: MapOptions = {}) {
      const task = typed as Task
      checkMap(task, inputs, options)
      closing.signal.throwIfAborted()
      const outputs = mapOver(runner, task, inputs, options, closing.signal)
      running.add(outputs)
      try {
        return (await outputs) as O[]
      } finally {
        running.delete(outputs)
      }
    },
    close() {
      closing.abort(new Error(`${name}: the executor was closed`))
      return (closed ??= Promise.allSettled(running).then(() => runner.close()))
    },
  }
}

async function mapOver(
  runner: Runner,
  task: Task,
  inputs: readonly unknown[],
  { onProgress, signal, retries = 2 }: MapOptions,
  closing: AbortSignal,
): Promise<unknown[]> {
  signal?.throwIfAborted()
  const total = inputs.length
  if (total === 0) return []
  const stopWatching: (() => void)[] = []
  const aborted = new Promise<never>((_, reject) => {
    for (const source of [closing, signal])
      if (source !== undefined) stopWatching.push(onAbort(source, () => reject(source.reason)))
  })
  const opening = (async () => runner.open(task))()
  let run: Run | undefined
  const outputs = new Array<unknown>(total)
  const attempts = new Set<AbortController>()
  let over = false
  let next = 0
  let completed = 0

  async function lane(run: Run) {
    while (next < total && !over) {
      const index = next++
      const output = await tryAgain(run, index)
      if (over) return
      outputs[index] = output
      onProgress?.({ completed: ++completed, total })
    }
  }

  async function tryAgain(run: Run, index: number): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await once(run, index)
      if (over) return
      if ('value' in outcome) return outcome.value
      if ('error' in outcome) throw failure(task, index, outcome.error)
      if (attempt > retries) throw givenUp(task, index, attempt, outcome.lost)
    }
  }

  async function once(run: Run, index: number): Promise<Outcome> {
    const stop = new AbortController()
    attempts.add(stop)
    try {
      return await run.attempt(inputs[index], index, stop.signal)
    } finally {
      attempts.delete(stop)
    }
  }

  try {
    const opened = (run = await Promise.race([opening, aborted]))
    const lanes = Array.from({ length: Math.min(runner.width, total) }, () => lane(opened))
    await Promise.race([Promise.all(lanes), aborted])
    return outputs
  } finally {
    over = true
    for (const stop of stopWatching) stop()
    for (const stop of attempts) stop.abort()
    if (run !== undefined) await run.end()
    else opening.then(endRun, () => {})
  }
}

const endRun = (run: Run) => run.end()

function failure(task: Task, index: number, cause: unknown): TaskError {
  return new TaskError(`map: ${brief(task.name)} failed on inputs[${index}]: ${textOf(cause)}`, index, cause)
}

function givenUp(task: Task, index: number, attempts: number, reason: string): TaskError {
  const times = attempts === 1 ? 'its worker died' : `its worker died in each of ${attempts} attempts`
  return new TaskError(
    `map: ${brief(task.name)} was given up on inputs[${index}]: ${times} (${reason})`,
    index,
    new Error(reason),
  )
}
