import type { Executor } from '../executor.ts'
import { clusterExecutor } from './cluster/cluster-executor.ts'
import type { ClusterOptions } from './cluster/options.ts'

export type { RedisConnection } from './cluster/connection.ts'
export type { ClusterOptions } from './cluster/options.ts'
export { type ClusterServer, type ServeClusterOptions, serveCluster } from './cluster/serve-cluster.ts'

/**
 * Runs tasks in the processes, on any machines, that call `serveCluster` on the same Redis and queue.
 * Connects at the first map. Maps wait while no worker is alive or Redis is unavailable. A map rejects when
 * Redis refuses to store an input or an answer, with what Redis said.
 *
 * @throws {RangeError} if inFlight is not a positive integer
 * @throws {TypeError} if queue is not a name without a colon
 */
export function cluster(options: ClusterOptions): Executor {
  return clusterExecutor(options)
}
