import { allFinite, callback, number, refuse, show } from '@opt/core'

/** Some of a client's records, for a local step. */
export interface Batch {
  /** The records, by their numbers from 0, each at most once; may be empty. */
  readonly indices: ArrayLike<number>
  /** What a sum over them is divided by. */
  readonly size: number
}

/**
 * An owner of records. Its messages are sums of clipped parts, one of each record: a record whose part is not finite adds
 * nothing, and neither throws nor says so, since either would tell about it.
 */
export interface Client {
  /** n_p, the number of records; it counts as public. */
  readonly count: number
  /** d, the number of parameters. */
  readonly size: number
  /** Writes the mean over the records of clip(gradient at x, c), where clip(g, c) = g min(1, c / |g|). */
  clippedMean(x: Float64Array, c: number, out: Float64Array): void
  /** Writes the mean of clip(gradient at x - gradient at previous, c), or that of a batch. */
  clippedDifference(x: Float64Array, previous: Float64Array, c: number, out: Float64Array, batch?: Batch): void
}

/**
 * Lets a client write a message. Where it throws or writes numbers that are not finite, the message is 0: a run that broke
 * would tell about records.
 */
export function writeMessage(message: Float64Array, write: (out: Float64Array) => void): void {
  try {
    write(message)
  } catch {
    message.fill(0)
  }
  if (!allFinite(message)) message.fill(0)
}

/** What the server knows of a client whose records are elsewhere. */
export type RemoteClient = Pick<Client, 'count' | 'size'>

/** Checks clients; those that workers stand for need no methods. Returns d. */
export function checkClients(clients: readonly RemoteClient[], remote: boolean, name = 'clients'): number {
  if (!Array.isArray(clients)) refuse(name, 'an array of clients', show(clients), 'type')
  if (clients.length === 0) refuse(name, 'nonempty', 'length 0')
  for (const [p, client] of (clients as readonly Client[]).entries()) {
    const label = `${name}[${p}]`
    if (typeof client !== 'object' || client === null) refuse(label, 'a client', show(client), 'type')
    number(client.count, `${label}.count`, { integer: true, min: 1 })
    number(client.size, `${label}.size`, { integer: true, min: 1, max: 2147483647 })
    if (client.size !== clients[0].size)
      refuse(`${label}.size`, `${clients[0].size}, that of the first`, `${client.size}`)
    if (remote) continue
    callback(client.clippedMean, `${label}.clippedMean`)
    callback(client.clippedDifference, `${label}.clippedDifference`)
  }
  return clients[0].size
}
