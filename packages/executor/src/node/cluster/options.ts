import type { RedisConnection } from './connection.ts'

export interface ClusterOptions {
  /** Where Redis is. A value that names no Redis is an error of the first map. */
  readonly connection: RedisConnection
  /** The queue that worker processes serve. Default 'opt'. */
  readonly queue?: string | undefined
  /** How many inputs of a map are in Redis or in progress at a time: more than the cluster has workers. Default 256. */
  readonly inFlight?: number | undefined
}
