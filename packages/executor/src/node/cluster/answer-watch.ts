import type { Redis } from 'ioredis'

/** Watches the connection on which answers arrive. */
export class AnswerWatch {
  readonly #listener: Redis
  readonly #patience: number
  /** When the connection was found lost; undefined while it is up. */
  #lostSince: number | undefined
  /** How many bytes it had read at the last look. */
  #bytesRead = 0

  /** @param patience how long the connection may be lost, in milliseconds. */
  constructor(listener: Redis, patience: number) {
    this.#listener = listener
    this.#patience = patience
  }

  /** Whether the connection has been lost for long. */
  isLost(): boolean {
    if (this.#listener.status === 'ready') this.#lostSince = undefined
    else this.#lostSince ??= performance.now()
    return this.#lostSince !== undefined && performance.now() - this.#lostSince > this.#patience
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
