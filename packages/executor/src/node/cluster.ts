import type { Executor } from '../executor.ts'
import { clusterExecutor } from './cluster-executor.ts'
import type { RedisConnection } from './connection.ts'

export type { RedisConnection } from './connection.ts'
export { type ClusterServer, type ServeClusterOptions, serveCluster } from './serve-cluster.ts'

export interface ClusterOptions {
  /** Where Redis is. What names no Redis is an error of the first map. */
  readonly connection: RedisConnection
  /** The queue that worker processes serve. Default 'opt'. */
  readonly queue?: string
  /** How many inputs of a map wait in Redis or are worked on at a time: more than the cluster has workers. Default 256. */
  readonly inFlight?: number
}

/**
 * Runs tasks in the processes, on any machines, that call `serveCluster` on the same Redis and queue. Connects at the
 * first map. While no worker lives, maps wait; while Redis is away, too. Where Redis is there but refuses to store an
 * input or an answer, the map rejects with what Redis said.
 *
 * @throws {RangeError} if inFlight is not a positive integer
 * @throws {TypeError} if queue is not a name without a colon
 */
export function cluster(options: ClusterOptions): Executor {
  return clusterExecutor(options)
}
