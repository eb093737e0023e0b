import { setTimeout as delay } from 'node:timers/promises'
import type { Redis, RedisOptions } from 'ioredis'

/** Where Redis is: a URL (`redis://:password@host:6379`) or ioredis' options. */
export type RedisConnection = string | RedisOptions

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

/** List of outcomes for one client. */
export const repliesKey = (queue: string, client: string): string => `opt:${queue}:replies:${client}`

/**
 * Connects, or says why not. Once connected, an outage is waited out: commands are kept and sent again.
 *
 * @throws {Error} if ioredis is not installed, or there is no Redis to talk to
 */
export async function connect(owner: string, connection: RedisConnection): Promise<Redis> {
  const { Redis } = await load(owner, import('ioredis'))
  const ways: RedisOptions = {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    // Its timer does nothing but hold the process.
    disconnectTimeout: 0,
    retryStrategy: (times) => Math.min(50 * times, 1000),
  }
  const redis = typeof connection === 'string' ? new Redis(connection, ways) : new Redis({ ...connection, ...ways })
  let last: Error | undefined
  redis.on('error', (error) => (last = error))
  try {
    await redis.connect()
    return redis
  } catch (error) {
    redis.disconnect()
    const { host, port } = redis.options
    const cause = last ?? (error as Error)
    throw new Error(`${owner}: no Redis at ${host}:${port} (${cause.message || (cause as { code?: string }).code})`, {
      cause,
    })
  }
}

/** An optional peer dependency. */
export async function load<M>(owner: string, module: Promise<M>): Promise<M> {
  try {
    return await module
  } catch (cause) {
    throw new Error(`${owner} needs bullmq and ioredis: npm install bullmq ioredis`, { cause })
  }
}

/** How long what is ending waits for Redis. */
const PATIENCE_MS = 1000

/** Waits for last words to Redis, which may be away, but not for long. */
export async function patiently(work: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const limit = delay(PATIENCE_MS, undefined, { signal: over.signal })
  await Promise.allSettled([Promise.race([work, limit])])
  over.abort()
  await limit.catch(() => {})
}
