import { brief, shown } from '../../text.ts'

/** The data of a job in the queue; inputs and outputs are stored separately, as bytes. */
export interface JobData {
  readonly task: { readonly module: string; readonly name: string }
  /** Identifies the map. */
  readonly run: string
  /** The input's index in the map. */
  readonly index: number
  /** The list the outcome is pushed to. */
  readonly replies: string
}

/** The hash of a map's inputs without a result. When a field is gone, its result is no longer needed. */
export const inputsKey = (queue: string, run: string): string => `opt:${queue}:inputs:${run}`

/** The field of that hash with Redis' reason for refusing the answer to an input. */
export const refusedField = (index: number): string => `refused:${index}`

/** The list of outcomes for a client. */
export const repliesKey = (queue: string, client: string): string => `opt:${queue}:replies:${client}`

export function checkQueue(owner: string, queue: string): void {
  if (typeof queue !== 'string' || queue === '' || queue.includes(':'))
    throw new TypeError(`${owner}: queue must be a name without a colon, got ${queue === '' ? '""' : shown(queue)}`)
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/**
 * Checks a job, which anybody may have put into the queue: only a client's own keys are read and written for
 * it, and its module is a name or, where the operator lists no modules, a file.
 *
 * @throws {TypeError} if it is not what a client sends
 */
export function readJob(data: unknown, queue: string, named: boolean): JobData {
  const { task, run, index, replies } = fields(data, 'the job')
  const { module, name } = fields(task, 'task')
  const [beforeClient, client] = splitAt(replies, repliesKey(queue, '').length)
  if (typeof run !== 'string' || !UUID.test(run)) throw wrong('run', 'the name of a map', run)
  if (!Number.isSafeInteger(index) || (index as number) < 0) throw wrong('index', 'a place in inputs', index)
  if (beforeClient !== repliesKey(queue, '') || !UUID.test(client)) throw wrong('replies', "a client's list", replies)
  for (const [label, value] of Object.entries({ module, name }))
    if (typeof value !== 'string' || value === '') throw wrong(`task.${label}`, 'a name', value)
  if (!named && !/^file:\/\//i.test(module as string))
    throw wrong('task.module', 'a file: URL, for this server has no modules by name', module)
  return {
    task: { module: module as string, name: name as string },
    run,
    index: index as number,
    replies: replies as string,
  }
}

/** Returns the own fields of an object: JSON may contain a `__proto__`. */
function fields(value: unknown, label: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(label, 'an object', value)
  return Object.assign(Object.create(null), value)
}

const splitAt = (text: unknown, place: number): [string, string] =>
  typeof text === 'string' ? [text.slice(0, place), text.slice(place)] : ['', '']

const wrong = (label: string, allowed: string, given: unknown): TypeError =>
  new TypeError(
    `serveCluster: ${label} must be ${allowed}, got ${typeof given === 'string' ? brief(given) : shown(given)}`,
  )
