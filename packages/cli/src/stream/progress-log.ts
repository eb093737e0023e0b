import type { LogisticStream } from '@opt/sea-omd'

/**
 * Prints the progressive loss, each example judged before it is learned, at 1, 2, 4, 8, ... examples and at
 * the end.
 */
export class ProgressLog {
  readonly #stream: LogisticStream
  readonly #certified: boolean
  readonly #print: (text: string) => void
  #next = 1
  #shown = -1
  #loss: number
  #seen: number

  /** @param certified whether the learner's certificate holds for these losses. */
  constructor(stream: LogisticStream, certified: boolean, print: (text: string) => void) {
    this.#stream = stream
    this.#certified = certified
    this.#print = print
    this.#loss = stream.total
    this.#seen = stream.examples
    while (this.#next <= this.#seen) this.#next *= 2
  }

  tick(): void {
    if (this.#stream.examples < this.#next) return
    this.#line()
    this.#next *= 2
  }

  last(): void {
    if (this.#stream.examples > 0 && this.#shown !== this.#stream.examples) this.#line()
  }

  #line(): void {
    const { examples, total, errors, learner } = this.#stream
    if (this.#shown === -1) this.#row('examples', 'log loss', 'since last', 'errors', 'certificate')
    const recent = examples > this.#seen ? ((total - this.#loss) / (examples - this.#seen)).toFixed(5) : ''
    const certificate = this.#certified ? learner.certificate() : undefined
    const percent = `${((100 * errors) / examples).toFixed(1)}%`
    this.#row(String(examples), (total / examples).toFixed(5), recent, percent, certificate?.toFixed(1) ?? '')
    this.#shown = examples
    this.#loss = total
    this.#seen = examples
  }

  #row(...cells: string[]): void {
    this.#print(cells.map((cell, k) => cell.padStart([10, 10, 10, 8, 12][k]!)).join('  '))
  }
}
