import { pathToFileURL } from 'node:url'
import type { BatchObjective } from '@opt/cbo'
import { giveWay, turnIsUp } from '@opt/core'
import { TaskError, task } from '@opt/executor'
import { workerThreads } from '@opt/executor/node'
import { Problem, reasonOf } from '../problem.ts'
import type { MinimizeRequest } from './request.ts'

type Points = Float64Array[]

/** The script's function, evaluated here or on threads. */
export interface Evaluator extends BatchObjective {
  close(): Promise<void>
}

/**
 * Opens the script of a request.
 *
 * @param onValue called after each value.
 * @throws Problem when the script cannot be loaded, or exports no such function.
 */
export async function evaluatorOf(request: MinimizeRequest, onValue: () => void): Promise<Evaluator> {
  const url = pathToFileURL(request.script.path).href
  const f = await load(request, url)
  return request.workers > 1 ? onThreads(request, url, onValue) : inThisThread(request, f, onValue)
}

type Scripted = (x: Float64Array) => unknown

async function load({ script, export: name }: MinimizeRequest, url: string): Promise<Scripted> {
  let module: Record<string, unknown>
  try {
    module = await import(/* @vite-ignore */ url)
  } catch (error) {
    throw new Problem(`${script.name} cannot be loaded: ${reasonOf(error)}`)
  }
  const f = Object.hasOwn(module, name) ? module[name] : undefined
  if (typeof f === 'function') return f as Scripted
  const has = Object.keys(module).filter((key) => typeof module[key] === 'function')
  throw new Problem(
    `${script.name} exports no function called ${name}${has.length > 0 ? `; it has ${has.join(', ')}: see --export` : ''}`,
  )
}

/** One point after the other, unless the function waits for something: then all wait together. */
function inThisThread({ script }: MinimizeRequest, f: Scripted, onValue: () => void): Evaluator {
  const failed = (error: unknown, x: Float64Array) => failure(script.name, error, x)
  const one = async (x: Float64Array, answer: unknown) => {
    try {
      const value = numberOf(await answer, script.name, x)
      onValue()
      return value
    } catch (error) {
      throw failed(error, x)
    }
  }
  return {
    async batch(points: Points, _step: number, signal: AbortSignal | undefined) {
      const values: (number | Promise<number>)[] = []
      const waiting: Promise<number>[] = []
      for (const x of points) {
        signal?.throwIfAborted()
        if (turnIsUp()) await giveWay(() => signal?.aborted === true)
        signal?.throwIfAborted()
        let answer: unknown
        try {
          answer = f(x.slice())
        } catch (error) {
          throw failed(error, x)
        }
        if (typeof answer === 'number') onValue()
        const value = typeof answer === 'number' ? answer : one(x, answer)
        if (typeof value !== 'number') waiting.push(value)
        values.push(value)
      }
      if (waiting.length > 0) await abortable(Promise.all(waiting), signal)
      return Promise.all(values)
    },
    close: async () => {},
  }
}

function onThreads({ script, workers, export: name }: MinimizeRequest, url: string, onValue: () => void): Evaluator {
  const executor = workerThreads({ workers })
  const work = task<(x: Float64Array) => unknown>(url, name)
  return {
    async batch(points: Points, _step: number, signal: AbortSignal | undefined) {
      try {
        const answers = await executor.map(work, points, { signal, onProgress: onValue })
        return answers.map((answer, i) => numberOf(answer, script.name, points[i]!))
      } catch (error) {
        if (signal?.aborted || !(error instanceof TaskError)) throw error
        throw failure(script.name, error.cause, points[error.index]!)
      }
    },
    close: () => executor.close(),
  }
}

function numberOf(value: unknown, script: string, x: Float64Array): number {
  if (typeof value === 'number') return value
  throw new Problem(`${script}: the function must return a number, got ${typeof value} at ${shown(x)}`)
}

function failure(script: string, error: unknown, x: Float64Array): Problem {
  return error instanceof Problem ? error : new Problem(`${script} fails at ${shown(x)}: ${reasonOf(error)}`)
}

/** A point in brackets, a long one cut. */
export const shown = (x: Float64Array): string =>
  `[${Array.from(x.subarray(0, 6), String).join(', ')}${x.length > 6 ? ', ...' : ''}]`

/** Rejects as soon as the signal is aborted. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    const listen = () => reject(signal.reason)
    signal.addEventListener('abort', listen)
    stop = () => signal.removeEventListener('abort', listen)
  })
  promise.catch(() => {})
  try {
    return await Promise.race([promise, aborted])
  } finally {
    stop()
  }
}
