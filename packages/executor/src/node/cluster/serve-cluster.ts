import { availableParallelism } from 'node:os'
import type { Job } from 'bullmq'
import { checkOptions } from '../../check.ts'
import { locate, type Outcome } from '../../task.ts'
import { shown, textOf } from '../../text.ts'
import { threadRunner, type WorkerThreadsOptions } from '../threads.ts'
import { decode } from './codec.ts'
import type { RedisConnection } from './connection.ts'
import { checkQueue, inputsKey, type JobData, readJob } from './job.ts'
import { mendJobs } from './mend-jobs.ts'
import { connect, load, patiently, refusal } from './redis.ts'
import { refusalLog, storeAnswer } from './store-answer.ts'

export interface ServeClusterOptions extends WorkerThreadsOptions {
  readonly connection: RedisConnection
  /** The queue to serve. Default 'opt'. */
  readonly queue?: string | undefined
  /** Milliseconds of silence after which a worker process counts as dead and its work is redone. Default 10 000. */
  readonly lostAfter?: number | undefined
}

export interface ClusterServer {
  /** Finishes running tasks, if Redis is available for their results, and disconnects. */
  close(): Promise<void>
}

/** Milliseconds between checks whether running tasks are still needed. */
const LOOK_MS = 250
/** Milliseconds to wait after Redis refused to hand out a job. */
const PAUSE_MS = 1000
/** Limits the failed jobs that remain in the queue with their reasons: those that `cluster()` did not send. */
const FAILED_JOBS_LIMIT = { age: 86_400, count: 1000 }

/**
 * Serves a queue; a worker process needs no more. Tasks run in threads, so that this one can keep signalling
 * to Redis that it is alive, and can end a task. What Redis refuses is written to standard error, once, and
 * tried again.
 *
 * @throws {TypeError} if connection names no Redis, or queue or modules are not what they should be
 * @throws {RangeError} if workers or lostAfter is not a positive number
 * @throws {Error} if bullmq or ioredis is missing, or there is no Redis to talk to
 */
export async function serveCluster(options: ServeClusterOptions): Promise<ClusterServer> {
  checkOptions('serveCluster', options, ['connection', 'queue', 'workers', 'lostAfter', 'modules'])
  const { connection, queue = 'opt', workers = availableParallelism(), lostAfter = 10_000, modules } = options
  if (!(typeof lostAfter === 'number' && lostAfter > 0 && lostAfter < Number.POSITIVE_INFINITY))
    throw new RangeError(`serveCluster: lostAfter must be a positive number of milliseconds, got ${shown(lostAfter)}`)
  checkQueue('serveCluster', queue)
  const threads = threadRunner('serveCluster', { workers, modules })
  const { Worker, UnrecoverableError } = await load('serveCluster', import('bullmq'))
  const connected = await connect('serveCluster', connection)
  const { redis } = connected
  const { place, clean } = connected
  const logRefusal = refusalLog(place)
  const server = { connected, queue, logRefusal }
  const active = new Map<string, { data: JobData; stop: AbortController }>()

  /** A job that throws here has failed for good: the map decides whether to try again. */
  async function serve(job: Job): Promise<void> {
    try {
      await answer(job)
    } catch (reason) {
      throw new UnrecoverableError(clean(textOf(reason)))
    }
  }

  async function answer(job: Job): Promise<void> {
    const data = readJob(job.data, queue, modules !== undefined)
    // The queue hands a job out again when its worker fell silent.
    if (job.attemptsStarted > 1) return storeAnswer(server, data, { lost: 'the worker process died' })
    const stop = new AbortController()
    let work: () => Promise<Outcome>
    try {
      locate(data.task, modules)
      const bytes = await redis.hgetBuffer(inputsKey(queue, data.run), String(data.index))
      if (bytes === null) return
      const input = decode(bytes)
      work = async () => (await threads.open(data.task)).attempt(input, data.index, stop.signal)
    } catch (error) {
      await storeAnswer(server, data, { error })
      throw error
    }
    active.set(job.id!, { data, stop })
    try {
      const outcome = await work()
      if (!stop.signal.aborted) await storeAnswer(server, data, outcome)
    } finally {
      active.delete(job.id!)
    }
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

  /** BullMQ's worker would ask again at once when Redis refuses to hand out a job. */
  class PatientWorker extends Worker {
    protected override async moveToActive(token: string, name?: string): Promise<Job> {
      try {
        return await super.moveToActive(token, name)
      } catch (error) {
        if (refusal(error, clean) !== undefined && !this.closing) await this.delay(PAUSE_MS)
        throw error
      }
    }
  }

  const worker = new PatientWorker(queue, serve, {
    connection: redis,
    concurrency: workers,
    lockDuration: lostAfter,
    stalledInterval: lostAfter / 2,
    // The map counts attempts; this only ends jobs that no worker can read.
    maxStalledCount: 10,
    runRetryDelay: 250,
    removeOnComplete: { count: 0 },
    removeOnFail: FAILED_JOBS_LIMIT,
  })
  let mending: Promise<void> | undefined
  worker.on('error', (error) => {
    const said = refusal(error, clean)
    if (said !== undefined) logRefusal(`the queue's commands: ${said}`)
    mending ??= mendJobs(redis, worker.toKey)
      .catch(() => {})
      .finally(() => (mending = undefined))
  })
  const look = setInterval(() => endUnwanted().catch(() => {}), LOOK_MS)

  let closed: Promise<void> | undefined
  const close = async () => {
    if (redis.status === 'ready') await worker.close()
    else await patiently(worker.close(true))
    clearInterval(look)
    await threads.close()
    redis.disconnect()
  }
  const running: ClusterServer = { close: () => (closed ??= close()) }
  try {
    await worker.waitUntilReady()
  } catch (error) {
    await running.close().catch(() => {})
    throw new Error(`serveCluster: Redis at ${place} cannot be used: ${clean(textOf(error))}`)
  }
  return running
}
