import { randomUUID } from 'node:crypto'
import { checkCount, createExecutor, type Executor } from '../executor.ts'
import { Client } from './cluster-client.ts'
import type { RedisConnection } from './redis.ts'

export type { RedisConnection } from './redis.ts'
export { type ClusterServer, type ServeClusterOptions, serveCluster } from './serve-cluster.ts'

export interface ClusterOptions {
  readonly connection: RedisConnection
  /** The queue that worker processes serve. Default 'opt'. */
  readonly queue?: string
  /** How many inputs of a map wait in Redis or are worked on at a time: more than the cluster has workers. Default 256. */
  readonly inFlight?: number
}

/**
 * Runs tasks in the processes, on any machines, that call `serveCluster` on the same Redis and queue. Connects at the
 * first map. While no worker lives, maps wait; while Redis is away, too.
 *
 * @throws {RangeError} if inFlight is not a positive integer
 */
export function cluster({ connection, queue = 'opt', inFlight = 256 }: ClusterOptions): Executor {
  checkCount('cluster', 'inFlight', inFlight)
  let connecting: Promise<Client> | undefined

  function client(): Promise<Client> {
    connecting ??= Client.connect(connection, queue)
    connecting.catch(() => (connecting = undefined))
    return connecting
  }

  return createExecutor('cluster', {
    width: inFlight,
    async open(task) {
      const connected = await client()
      const run = randomUUID()
      return {
        attempt: (input, index) => connected.attempt(run, index, task, input),
        end: () => connected.end(run),
      }
    },
    close: async () => (await connecting?.catch(() => undefined))?.close(),
  })
}
