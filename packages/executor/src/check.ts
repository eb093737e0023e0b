import { type OptionNames, options as optionsOf } from '@opt/core'
import type { MapOptions } from './map-options.ts'
import type { Task } from './task.ts'
import { shown } from './text.ts'

/** Checks that options are a plain object of these names. */
export function checkOptions<O extends object>(owner: string, options: O, names: OptionNames<O>): void {
  if (Object.prototype.toString.call(options) !== '[object Object]')
    throw new TypeError(`${owner}: options must be an object, got ${shown(options)}`)
  optionsOf(options, `${owner}: options`, names)
}

/** Checks that a count is a positive integer, and returns it. */
export function checkCount(owner: string, option: string, count: number): number {
  if (!(Number.isInteger(count) && count > 0))
    throw new RangeError(`${owner}: ${option} must be a positive integer, got ${shown(count)}`)
  return count
}

/** Checks that an optional value is a function. */
export function checkFunction(owner: string, option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function')
    throw new TypeError(`${owner}: ${option} must be a function, got ${shown(value)}`)
}

/** @param owner the name in messages. */
export function checkMap(task: Task, inputs: readonly unknown[], options: MapOptions, owner = 'map'): void {
  checkOptions(owner, options, ['onProgress', 'signal', 'retries'])
  const { onProgress, signal, retries } = options
  if (typeof task === 'function')
    throw new TypeError(
      `${owner}: only inProcess() runs a bare function; name it by task(new URL(...), '${(task as Task).name}')`,
    )
  if (typeof task?.module !== 'string' || typeof task.name !== 'string')
    throw new TypeError(`${owner}: task must be made by task(...), got ${shown(task)}`)
  if (!Array.isArray(inputs)) throw new TypeError(`${owner}: inputs must be an array, got ${shown(inputs)}`)
  checkFunction(owner, 'onProgress', onProgress)
  if (signal !== undefined && typeof signal?.addEventListener !== 'function')
    throw new TypeError(`${owner}: signal must be an AbortSignal, got ${shown(signal)}`)
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0))
    throw new RangeError(`${owner}: retries must be a nonnegative integer, got ${shown(retries)}`)
}
