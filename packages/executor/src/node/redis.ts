import { setTimeout as delay } from 'node:timers/promises'
import type { ChainableCommander, Redis, RedisOptions } from 'ioredis'
import { textOf } from '../text.ts'
import { type Address, readConnection } from './connection.ts'

/** A Redis that was there, and how to speak of it. */
export interface Connected extends Address {
  readonly redis: Redis
  /** The longest value that Redis takes; what is longer ends the connection. */
  longest: number
}

/** What Redis stores in a value if nobody has changed it. */
const LONGEST_BY_DEFAULT = 512 * 1024 * 1024

/**
 * Connects, or says why not. Once connected, an outage is waited out: commands are kept and sent again.
 *
 * @throws {TypeError} if the connection names no Redis
 * @throws {Error} if ioredis is not installed, or there is no Redis to talk to, or it refuses to
 */
export async function connect(owner: string, connection: unknown): Promise<Connected> {
  const address = readConnection(owner, connection)
  const { Redis } = await load(owner, import('ioredis'))
  const ways: RedisOptions = {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    // Its timer does nothing but hold the process.
    disconnectTimeout: 0,
    retryStrategy: (times) => Math.min(50 * times, 1000),
  }
  const redis = new Redis({ ...address.options, ...ways })
  let last: unknown
  redis.on('error', (error) => (last = error))
  try {
    await redis.connect()
  } catch (error) {
    redis.disconnect()
    const { place, clean } = address
    const refused = refusal(last, clean)
    // ioredis' own error holds the command, and AUTH's arguments are the password.
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

/** An error's words, or its code where it has none, as where every address of a host has failed. */
const said = (error: unknown): unknown => (error as Error).message || (error as { code?: string }).code || error

async function longestValue(redis: Redis): Promise<number> {
  const answer = await redis.config('GET', 'proto-max-bulk-len').catch(() => undefined)
  return Number((answer as string[] | undefined)?.[1]) || LONGEST_BY_DEFAULT
}

/**
 * What Redis said where it answered a command with an error; undefined where it did not answer, as when it is away:
 * then the command is sent again by and by.
 */
export function refusal(error: unknown, clean: (text: string) => string): string | undefined {
  const { name, message, previousErrors } = (error ?? {}) as Error & { previousErrors?: Error[] }
  if (name !== 'ReplyError') return undefined
  // A transaction is refused for one of its commands.
  return clean(previousErrors?.[0]?.message ?? message)
}

/** Runs a transaction or a pipeline. @throws the error of its first command that has one */
export async function execute(commands: ChainableCommander): Promise<unknown[]> {
  const answers = (await commands.exec()) ?? []
  return answers.map(([error, answer]) => {
    if (error) throw error
    return answer
  })
}

/** Refusals that may pass by themselves: memory that others give back, a server that has just started. */
export const mayPass = (refused: string): boolean =>
  /^(OOM|LOADING|BUSY|TRYAGAIN|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|UNBLOCKED)\b/.test(refused)

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
