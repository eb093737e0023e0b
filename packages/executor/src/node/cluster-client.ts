import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { notCloneable, type Outcome, type Task } from '../task.ts'
import { decode, decodeOutcome, encode } from './codec.ts'
import { connect, inputsKey, type JobData, load, patiently, type RedisConnection, repliesKey } from './redis.ts'

/** An attempt whose outcome is not in yet. */
interface Pending {
  readonly run: string
  readonly index: number
  readonly jobId: string
  readonly task: Task
  readonly bytes: Buffer
  readonly resolve: (outcome: Outcome) => void
  /** Rounds in a row in which Redis did not know of it. */
  missed: number
}

interface Reply {
  readonly run: string
  readonly index: number
  readonly outcome: Uint8Array
}

/** How often a client looks whether Redis still has its work. */
const ROUND_MS = 1000
/** A client that has not shown itself for so long is gone, and its work is dropped. */
const LEASE_S = 60

/** One client's side of the queue, shared by all its maps. */
export class Client {
  static async connect(connection: RedisConnection, queue: string): Promise<Client> {
    const { Queue } = await load('cluster', import('bullmq'))
    const redis = await connect('cluster', connection)
    return new Client(redis, new Queue(queue, { connection: redis }))
  }

  readonly #redis: Redis
  readonly #listener: Redis
  readonly #queue: Queue
  readonly #replies: string
  readonly #pending: Map<string, Pending> = new Map()
  readonly #rounds: NodeJS.Timeout
  #attempts = 0
  #closed = false

  constructor(redis: Redis, queue: Queue) {
    this.#redis = redis
    this.#queue = queue
    this.#listener = redis.duplicate()
    this.#replies = repliesKey(queue.name, randomUUID())
    for (const emitter of [this.#listener, queue]) emitter.on('error', () => {})
    this.#rounds = setInterval(() => this.#round().catch(() => {}), ROUND_MS)
    void this.#listen()
  }

  async attempt(run: string, index: number, { module, name }: Task, input: unknown): Promise<Outcome> {
    let bytes: Buffer
    try {
      bytes = encode(input)
    } catch (error) {
      return notCloneable('input', error as Error)
    }
    const jobId = `${run}-${index}-${this.#attempts++}`
    return new Promise((resolve) => {
      const pending = { run, index, jobId, task: { module, name }, bytes, resolve, missed: 0 }
      this.#pending.set(`${run}-${index}`, pending)
      void this.#submit(pending)
    })
  }

  /** What does not arrive is seen to be missing in one of the next rounds. */
  async #submit({ run, index, jobId, task, bytes }: Pending): Promise<void> {
    const key = inputsKey(this.#queue.name, run)
    const data: JobData = { task, run, index, replies: this.#replies }
    try {
      await Promise.all([
        this.#redis.multi().hset(key, index, bytes).expire(key, LEASE_S).exec(),
        this.#queue.add(task.name, data, { jobId, removeOnComplete: true, removeOnFail: true }),
      ])
    } catch {}
  }

  async #listen(): Promise<void> {
    while (!this.#closed) {
      try {
        const reply = await this.#listener.blpopBuffer(this.#replies, 5)
        if (reply) this.#take(decode(reply[1]) as Reply)
      } catch {
        await delay(50)
      }
    }
  }

  /** The first outcome for an input counts; what comes from a worker thought dead is heard, but only once. */
  #take({ run, index, outcome }: Reply): void {
    const key = `${run}-${index}`
    const pending = this.#pending.get(key)
    if (pending === undefined) return
    this.#pending.delete(key)
    this.#redis.hdel(inputsKey(this.#queue.name, run), String(index)).catch(() => {})
    pending.resolve(decodeOutcome(outcome))
  }

  /** Renews the lease on the inputs and hands in again what Redis has lost, as it may when it is restarted. */
  async #round(): Promise<void> {
    if (this.#pending.size === 0 || this.#redis.status !== 'ready') return
    const attempts = [...this.#pending.values()]
    const look = this.#redis.pipeline()
    for (const { run, index, jobId } of attempts) {
      look.exists(this.#queue.toKey(jobId))
      look.hexists(inputsKey(this.#queue.name, run), String(index))
    }
    for (const run of new Set(attempts.map(({ run }) => run))) look.expire(inputsKey(this.#queue.name, run), LEASE_S)
    const found = (await look.exec()) ?? []
    attempts.forEach((pending, i) => {
      const there = found[2 * i]?.[1] === 1 && found[2 * i + 1]?.[1] === 1
      pending.missed = there ? 0 : pending.missed + 1
      // A job that is done is gone before its reply is here: only what is missing twice is lost.
      if (pending.missed === 2 && this.#pending.get(`${pending.run}-${pending.index}`) === pending) {
        pending.missed = 0
        void this.#submit(pending)
      }
    })
  }

  /** Takes back whatever the run still has in Redis; servers then end what they run of it. Else the lease will. */
  async end(run: string): Promise<void> {
    const left = [...this.#pending].filter(([, pending]) => pending.run === run)
    for (const [key] of left) this.#pending.delete(key)
    const inputs = this.#redis.del(inputsKey(this.#queue.name, run))
    const jobs = left.map(([, { jobId }]) => this.#queue.remove(jobId))
    await patiently(Promise.allSettled([inputs, ...jobs]))
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#rounds)
    await patiently(this.#redis.del(this.#replies))
    this.#listener.disconnect()
    await patiently(this.#queue.close())
    this.#redis.disconnect()
  }
}
