import { brief, shown } from '../text.ts'

/** What the queue carries; inputs and outputs go beside it, as bytes. */
export interface JobData {
  readonly task: { readonly module: string; readonly name: string }
  /** The map, and the input's place in it. */
  readonly run: string
  readonly index: number
  /** The list the outcome is pushed to. */
  readonly replies: string
}

/** Hash of a map's inputs that have no result yet. When a field is gone, nobody wants its result any more. */
export const inputsKey = (queue: string, run: string): string => `opt:${queue}:inputs:${run}`

/** Field of that hash with what Redis said when it refused to store the answer to an input. */
export const refusedField = (index: number): string => `refused:${index}`

/** List of outcomes for one client. */
export const repliesKey = (queue: string, client: string): string => `opt:${queue}:replies:${client}`

export function checkQueue(owner: string, queue: string): void {
  if (typeof queue !== 'string' || queue === '' || queue.includes(':'))
    throw new TypeError(`${owner}: queue must be a name without a colon, got ${queue === '' ? '""' : shown(queue)}`)
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/**
 * Takes from the queue what anybody may have put there: only a client's own keys are read and written for it, and a
 * module is a name, or where the operator lists none, a file.
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

/** Own fields only: JSON may bring a `__proto__`. */
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
