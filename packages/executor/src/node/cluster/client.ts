import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { notCloneable, type Outcome, type Task } from '../../task.ts'
import { brief } from '../../text.ts'
import { AnswerWatch } from './answer-watch.ts'
import { decode, decodeOutcome, encode } from './codec.ts'
import { inputsKey, type JobData, refusedField, repliesKey } from './job.ts'
import type { Pace } from './pace.ts'
import { type Connected, connect, execute, load, mayPass, patiently, refusal } from './redis.ts'

/** An attempt whose outcome is outstanding. */
interface Pending {
  readonly run: string
  readonly index: number
  readonly jobId: string
  readonly task: JobData['task']
  readonly bytes: Buffer
  readonly resolve: (outcome: Outcome) => void
  /** Ends the map. */
  readonly reject: (reason: Error) => void
  /** Number of consecutive rounds in which Redis did not have it. */
  missed: number
  /** How often Redis has accepted and lost it since it was last unavailable. */
  lost: number
}

interface Reply {
  readonly run: string
  readonly index: number
  readonly outcome: Uint8Array
}

/** A Redis that has lost an attempt this often while available will lose it again. */
const MOST_LOST = 3

/** One client's side of the queue, shared by all its maps. */
export class Client {
  static async connect(connection: unknown, queue: string, pace: Pace): Promise<Client> {
    const { Queue } = await load('cluster', import('bullmq'))
    const connected = await connect('cluster', connection)
    try {
      return new Client(connected, new Queue(queue, { connection: connected.redis }), pace)
    } catch (error) {
      connected.redis.disconnect()
      throw error
    }
  }

  readonly #connected: Connected
  readonly #redis: Redis
  readonly #listener: Redis
  readonly #queue: Queue
  readonly #pace: Pace
  readonly #replies: string
  readonly #pending: Map<string, Pending> = new Map()
  readonly #rounds: NodeJS.Timeout
  readonly #answers: AnswerWatch
  /** When Redis began to refuse temporarily; undefined while work goes on. */
  #refusedSince: number | undefined
  #attempts = 0
  #closed = false

  constructor(connected: Connected, queue: Queue, pace: Pace) {
    this.#connected = connected
    this.#redis = connected.redis
    this.#queue = queue
    this.#pace = pace
    this.#listener = this.#redis.duplicate()
    this.#answers = new AnswerWatch(this.#listener, this.#redis, pace.patience)
    this.#replies = repliesKey(queue.name, randomUUID())
    queue.on('error', () => {})
    // Reports when reconnecting is refused: the password has changed, or there are too many clients.
    for (const redis of [this.#redis, this.#listener])
      redis.on('error', (error) => this.#refused(error, 'the connection', this.#pending.values()))
    this.#redis.on('ready', () => {
      for (const pending of this.#pending.values()) pending.lost = 0
    })
    this.#rounds = setInterval(() => void this.#round(), pace.round)
    void this.#listen()
  }

  async attempt(run: string, index: number, { module, name }: Task, input: unknown): Promise<Outcome> {
    let bytes: Buffer
    try {
      bytes = encode(input)
    } catch (error) {
      return notCloneable('input', error)
    }
    const { longest, place } = this.#connected
    if (bytes.length > longest)
      throw new Error(
        `cluster: inputs[${index}] takes ${bytes.length} bytes, but Redis at ${place} takes ${longest} (proto-max-bulk-len)`,
      )
    const jobId = `${run}-${index}-${this.#attempts++}`
    return new Promise((resolve, reject) => {
      const pending = { run, index, jobId, task: { module, name }, bytes, resolve, reject, missed: 0, lost: 0 }
      this.#pending.set(keyOf(pending), pending)
      void this.#submit(pending)
    })
  }

  /** Sends an attempt to Redis. One that is lost or temporarily refused is found missing in one of the next rounds. */
  async #submit(pending: Pending): Promise<void> {
    const { run, index, jobId, task, bytes } = pending
    const key = inputsKey(this.#queue.name, run)
    const data: JobData = { task, run, index, replies: this.#replies }
    try {
      await Promise.all([
        execute(this.#redis.multi().hset(key, index, bytes).pexpire(key, this.#pace.lease)),
        this.#queue.add(task.name, data, { jobId, removeOnComplete: true, removeOnFail: true }),
      ])
      this.#refusedSince = undefined
      pending.lost++
    } catch (error) {
      this.#refused(error, `inputs[${index}] (${bytes.length} bytes)`, [pending])
    }
  }

  async #listen(): Promise<void> {
    while (!this.#closed) {
      try {
        const reply = await this.#listener.blpopBuffer(this.#replies, 5)
        if (reply) this.#settle(decode(reply[1]) as Reply)
      } catch (error) {
        this.#refused(error, 'to hand out answers', this.#pending.values())
        await delay(refusal(error, String) === undefined ? 50 : this.#pace.round)
      }
    }
  }

  /** Resolves an attempt. Only the first outcome of an input counts, even from a worker that was thought dead. */
  #settle({ run, index, outcome }: Reply): void {
    const pending = this.#pending.get(keyOf({ run, index }))
    if (pending === undefined) return
    this.#refusedSince = undefined
    this.#pending.delete(keyOf(pending))
    this.#redis.hdel(inputsKey(this.#queue.name, run), String(index)).catch(() => {})
    pending.resolve(decodeOutcome(outcome))
  }

  /** Renews leases, collects what workers could not store, and submits again what Redis lost in a restart. */
  async #round(): Promise<void> {
    if (this.#pending.size === 0 || this.#redis.status !== 'ready') return
    const attempts = [...this.#pending.values()]
    const inputs = (run: string) => inputsKey(this.#queue.name, run)
    const look = this.#redis.pipeline()
    for (const { run, index, jobId } of attempts) {
      look.exists(this.#queue.toKey(jobId))
      look.hget(inputs(run), refusedField(index))
      look.hexists(inputs(run), String(index))
    }
    for (const run of new Set(attempts.map(({ run }) => run))) look.pexpire(inputs(run), this.#pace.lease)
    look.pexpire(this.#replies, this.#pace.lease)
    // A full Redis, where workers cannot even fetch a job, would refuse nothing else here.
    look.set(`${this.#replies}:probe`, '', 'PX', this.#pace.lease).del(`${this.#replies}:probe`)
    look.llen(this.#replies)
    // Judged before the look: Redis answers the one connection long after the other was lost, so it takes no second one.
    const isDeaf = this.#answers.isLost()
    let answers: unknown[]
    try {
      answers = await execute(look)
    } catch (error) {
      return this.#refused(error, "the map's commands", attempts)
    }
    if (isDeaf)
      for (const pending of attempts) this.#end(pending, 'takes no second connection, for answers: see its maxclients')
    const receiving = this.#answers.isReceiving(answers.at(-1) as number)
    attempts.forEach((pending, i) => {
      const [job, refused, input] = answers.slice(3 * i, 3 * i + 3)
      if (this.#pending.get(keyOf(pending)) !== pending) return
      if (refused) return this.#end(pending, `refused the answer to inputs[${pending.index}]: ${brief(refused)}`)
      pending.missed = receiving || (job === 1 && input === 1) ? 0 : pending.missed + 1
      // A finished job is gone before its reply arrives: only what is missing twice is lost.
      if (pending.missed === 2) this.#resubmit(pending)
    })
  }

  #resubmit(pending: Pending): void {
    if (pending.lost < MOST_LOST) {
      pending.missed = 0
      void this.#submit(pending)
      return
    }
    const what = `inputs[${pending.index}] or the answer to it ${pending.lost} times`
    this.#end(pending, `lost ${what}; maxmemory-policy must be noeviction, and workers say what they could not store`)
  }

  /** Ends maps whose command Redis has refused: at once, or when a temporary refusal lasts. */
  #refused(error: unknown, what: string, attempts: Iterable<Pending>): void {
    const said = refusal(error, this.#connected.clean)
    if (said === undefined) return
    if (mayPass(said)) {
      this.#refusedSince ??= performance.now()
      if (performance.now() - this.#refusedSince < this.#pace.patience) return
    }
    for (const pending of [...attempts]) this.#end(pending, `refused ${what}: ${said}`)
  }

  #end(pending: Pending, why: string): void {
    this.#pending.delete(keyOf(pending))
    pending.reject(new Error(`cluster: Redis at ${this.#connected.place} ${why}`))
  }

  /** Removes what a run still has in Redis; servers then stop its tasks. If that fails, the lease expires. */
  async end(run: string): Promise<void> {
    const left = [...this.#pending.values()].filter((pending) => pending.run === run)
    for (const pending of left) this.#pending.delete(keyOf(pending))
    const inputs = this.#redis.del(inputsKey(this.#queue.name, run))
    const jobs = left.map(({ jobId }) => this.#queue.remove(jobId))
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

const keyOf = ({ run, index }: { run: string; index: number }): string => `${run}-${index}`
