import { type SolveOptions, wait } from '@opt/core'
import type { Client, RemoteClient } from './clients/client.ts'
import { addsNoise, answer, type ClientReply, type ClientRequest, isVector } from './clients/client-task.ts'
import type { Parameters } from './parameters.ts'

/** Asks clients; gives their replies in the order of the requests, or null when some did not answer. */
export type Ask = (requests: ClientRequest[]) => Generator<never, ClientReply[] | null>

/** How often a client that gave no usable answer is asked again. */
const RETRIES = 2

/**
 * Returns what asks clients: here, one after the other, or through an executor, where a reply counts once, for the client
 * and the round that it was asked for. Messages without noise are the same however often a client computes them, so asking
 * again releases nothing; clients that add noise themselves are asked once.
 *
 * The reasons of a failure are not passed on: they may show records.
 */
export function askClients(
  clients: readonly RemoteClient[],
  { workers, noise, regularizer, size }: Parameters,
  signal: SolveOptions<object>['signal'],
): Ask {
  if (!workers)
    return function* (requests) {
      return requests.map((request) => answer(clients[request.client] as Client, request, noise, regularizer))
    }

  return function* (requests) {
    const replies: (ClientReply | undefined)[] = requests.map(() => undefined)
    for (let attempt = 0; attempt <= RETRIES && !signal?.aborted; attempt++) {
      const open = [...requests.keys()].filter((k) => !replies[k])
      const once = requests.some(addsNoise)
      const options = once ? { signal, retries: 0 } : { signal }
      const answers = async () =>
        workers.executor.map(
          workers.task as never,
          open.map((k) => requests[k]),
          options,
        )
      const given = yield* wait(answers().then(list, () => []))
      open.forEach((k, i) => {
        if (isReply(given[i], requests[k], size)) replies[k] = given[i]
      })
      if (once || replies.every(Boolean)) break
    }
    return replies.every(Boolean) ? (replies as ClientReply[]) : null
  }
}

const list = (given: unknown): unknown[] => (Array.isArray(given) ? given : [])

/** Whether a value is the answer to a request, not to one of another client or round. */
function isReply(value: unknown, { kind, round, client }: ClientRequest, size: number): value is ClientReply {
  const reply = value as ClientReply | null | undefined
  return (
    reply?.kind === kind &&
    reply.round === round &&
    reply.client === client &&
    typeof reply.secure === 'boolean' &&
    isVector(reply.message, size)
  )
}
