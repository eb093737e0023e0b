import { setTimeout as delay } from 'node:timers/promises'
import type { ChainableCommander, Redis, RedisOptions } from 'ioredis'
import { textOf } from '../../text.ts'
import { type Address, readConnection } from './connection.ts'

/** A connected Redis. */
export interface Connected extends Address {
  readonly redis: Redis
  /** The longest value that Redis accepts; a longer one ends the connection. */
  longest: number
}

/** The default of Redis. */
const LONGEST_BY_DEFAULT = 512 * 1024 * 1024

/**
 * Connects to Redis. Once connected, outages are waited out: commands are queued and sent again.
 *
 * @throws {TypeError} if the connection names no Redis
 * @throws {Error} if ioredis is not installed, or there is no Redis to talk to, or it refuses to
 */
export async function connect(owner: string, connection: unknown): Promise<Connected> {
  const address = readConnection(owner, connection)
  const { Redis } = await load(owner, import('ioredis'))
  const waiting: RedisOptions = {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    // Its timer would only keep the process alive.
    disconnectTimeout: 0,
    retryStrategy: (times) => Math.min(50 * times, 1000),
  }
  const redis = new Redis({ ...address.options, ...waiting })
  let last: unknown
  redis.on('error', (error) => (last = error))
  try {
    await redis.connect()
  } catch (error) {
    redis.disconnect()
    const { place, clean } = address
    const refused = refusal(last, clean)
    // The error of ioredis holds the command, and the arguments of AUTH are the password.
    throw new Error(
      refused === undefined
        ? `${owner}: no Redis at ${place} (${clean(textOf(said(last ?? error)))})`
        : `${owner}: Redis at ${place} refused the connection: ${refused}`,
    )
  }
  const connected: Connected = { ...address, redis, longest: LONGEST_BY_DEFAULT }
  const look = async () => (connected.longest = await longestValue(redis))
  redis.on('ready', () => void look())
  await look()
  return connected
}

/** Returns an error's message, or its code where it has none: when every address of a host failed. */
const said = (error: unknown): unknown => (error as Error).message || (error as { code?: string }).code || error

async function longestValue(redis: Redis): Promise<number> {
  const answer = await redis.config('GET', 'proto-max-bulk-len').catch(() => undefined)
  return Number((answer as string[] | undefined)?.[1]) || LONGEST_BY_DEFAULT
}

/**
 * Returns the error with which Redis answered a command; undefined where it did not answer, since the command
 * is then sent again later.
 */
export function refusal(error: unknown, clean: (text: string) => string): string | undefined {
  const { name, message, previousErrors } = (error ?? {}) as Error & { previousErrors?: Error[] }
  if (name !== 'ReplyError') return undefined
  // A transaction is refused for one of its commands.
  return clean(previousErrors?.[0]?.message ?? message)
}

/**
 * Runs a transaction or a pipeline.
 *
 * @throws the error of its first command that failed
 */
export async function execute(commands: ChainableCommander): Promise<unknown[]> {
  const answers = (await commands.exec()) ?? []
  return answers.map(([error, answer]) => {
    if (error) throw error
    return answer
  })
}

/** Whether a refusal is temporary: memory that may be freed, a server that has just started. */
export const mayPass = (refused: string): boolean =>
  /^(OOM|LOADING|BUSY|TRYAGAIN|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|UNBLOCKED)\b/.test(refused)

/** Loads an optional peer dependency. */
export async function load<M>(owner: string, module: Promise<M>): Promise<M> {
  try {
    return await module
  } catch (cause) {
    throw new Error(`${owner} needs bullmq and ioredis: npm install bullmq ioredis`, { cause })
  }
}

/** How long shutdown waits for Redis. */
const PATIENCE_MS = 1000

/** Waits for the last commands to Redis, which may be unavailable, but not for long. */
export async function patiently(work: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const limit = delay(PATIENCE_MS, undefined, { signal: over.signal })
  await Promise.allSettled([Promise.race([work, limit])])
  over.abort()
  await limit.catch(() => {})
}
