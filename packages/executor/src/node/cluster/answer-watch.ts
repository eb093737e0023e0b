import type { Redis } from 'ioredis'

/** Watches the connection on which answers arrive. */
export class AnswerWatch {
  readonly #listener: Redis
  readonly #patience: number
  /** Since when the connection has not been up; undefined while it is. */
  #lostSince: number | undefined = performance.now()
  /** How often it was closed before it was up, since the other connection is. */
  #closed = 0
  /** How many bytes it had read at the last look. */
  #bytesRead = 0

  /**
   * @param redis the other connection: while it is down as well, Redis cannot be reached.
   * @param patience how long the connection may be lost, in milliseconds.
   */
  constructor(listener: Redis, redis: Redis, patience: number) {
    this.#listener = listener
    this.#patience = patience
    listener.on('ready', () => {
      this.#lostSince = undefined
      this.#closed = 0
    })
    listener.on('close', () => {
      if (this.#lostSince === undefined) this.#lostSince = performance.now()
      else this.#closed++
    })
    redis.on('ready', () => {
      this.#lostSince &&= performance.now()
      this.#closed = 0
    })
  }

  /** Whether Redis has taken the other connection only, for long. One that is slow to come up is none that is lost. */
  isLost(): boolean {
    return this.#closed > 0 && this.#lostSince !== undefined && performance.now() - this.#lostSince > this.#patience
  }

  /**
   * Whether an answer has been arriving since the last look, which for a large one may take a while, or waits in Redis.
   *
   * @param waiting how many answers wait.
   */
  isReceiving(waiting: number): boolean {
    const read = this.#listener.stream?.bytesRead ?? 0
    const receiving = waiting > 0 || read !== this.#bytesRead
    this.#bytesRead = read
    return receiving
  }
}
