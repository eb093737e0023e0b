import { availableParallelism } from 'node:os'
import type { Job } from 'bullmq'
import type { Outcome } from '../task.ts'
import { decode, encode, encodeOutcome } from './codec.ts'
import { connect, inputsKey, type JobData, load, patiently, type RedisConnection } from './redis.ts'
import { threadRunner, type WorkerThreadsOptions } from './threads.ts'

export interface ServeClusterOptions extends WorkerThreadsOptions {
  readonly connection: RedisConnection
  /** The queue to serve. Default 'opt'. */
  readonly queue?: string
  /** Milliseconds of silence after which a worker process counts as dead and its work is redone. Default 10 000. */
  readonly lostAfter?: number
}

export interface ClusterServer {
  /** Finishes the tasks at hand, if Redis is there to take their results, and disconnects. */
  close(): Promise<void>
}

/** How often a server looks whether the tasks it runs are still wanted. */
const LOOK_MS = 250
const DAY_S = 86_400

/**
 * Serves a queue: the whole of a worker process. Tasks run in threads, so that this one can keep telling Redis that
 * it lives, and can end a task.
 *
 * @throws {RangeError} if workers or lostAfter is not a positive number
 * @throws {Error} if bullmq or ioredis is missing, or there is no Redis to talk to
 */
export async function serveCluster(options: ServeClusterOptions): Promise<ClusterServer> {
  const { connection, queue = 'opt', workers = availableParallelism(), lostAfter = 10_000, modules } = options
  if (!(lostAfter > 0 && lostAfter < Number.POSITIVE_INFINITY))
    throw new RangeError(`serveCluster: lostAfter must be a positive number of milliseconds, got ${lostAfter}`)
  const threads = threadRunner('serveCluster', modules ? { workers, modules } : { workers })
  const { Worker } = await load('serveCluster', import('bullmq'))
  const redis = await connect('serveCluster', connection)
  const active = new Map<string, { data: JobData; stop: AbortController }>()

  async function serve(job: Job<JobData>): Promise<void> {
    const { data } = job
    // The queue hands a job out again when its worker fell silent. Whether to try once more is for the map to say.
    if (job.attemptsStarted > 1) return reply(data, { lost: 'the worker process died' })
    const input = await redis.hgetBuffer(inputsKey(queue, data.run), String(data.index))
    if (input === null) return
    const stop = new AbortController()
    active.set(job.id!, { data, stop })
    try {
      const outcome = await attempt(data, input, stop.signal)
      if (!stop.signal.aborted) await reply(data, outcome)
    } finally {
      active.delete(job.id!)
    }
  }

  async function attempt({ task, index }: JobData, input: Uint8Array, signal: AbortSignal): Promise<Outcome> {
    try {
      const run = await threads.open(task)
      return await run.attempt(decode(input), index, signal)
    } catch (error) {
      return { error }
    }
  }

  async function reply({ run, index, replies }: JobData, outcome: Outcome): Promise<void> {
    await redis
      .multi()
      .rpush(replies, encode({ run, index, outcome: encodeOutcome(outcome) }))
      .expire(replies, DAY_S)
      .exec()
  }

  async function endUnwanted(): Promise<void> {
    if (active.size === 0 || redis.status !== 'ready') return
    const jobs = [...active.values()]
    const look = redis.pipeline()
    for (const { data } of jobs) look.hexists(inputsKey(queue, data.run), String(data.index))
    const wanted = await look.exec()
    jobs.forEach(({ stop }, i) => {
      const [error, there] = wanted?.[i] ?? []
      if (!error && there === 0) stop.abort()
    })
  }

  const worker = new Worker<JobData>(queue, serve, {
    connection: redis,
    concurrency: workers,
    lockDuration: lostAfter,
    stalledInterval: lostAfter / 2,
    // Attempts are counted by the map, not by the queue.
    maxStalledCount: 1_000_000,
    runRetryDelay: 250,
  })
  worker.on('error', () => {})
  const look = setInterval(() => endUnwanted().catch(() => {}), LOOK_MS)
  await worker.waitUntilReady()

  let closed: Promise<void> | undefined
  const close = async () => {
    if (redis.status === 'ready') await worker.close()
    else await patiently(worker.close(true))
    clearInterval(look)
    await threads.close()
    redis.disconnect()
  }
  return { close: () => (closed ??= close()) }
}
