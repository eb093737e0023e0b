/** Puts the output of papers that run side by side in order: that of one waits until those before it have ended. */
export class Turns {
  /** What waits, by name; the first has its turn. */
  readonly #waiting: Map<string, (() => void)[]>
  readonly #ended = new Set<string>()

  /** @param names all papers, in order and distinct. */
  constructor(names: readonly string[]) {
    this.#waiting = new Map(names.map((name) => [name, []]))
  }

  /** Acts at once if it is the paper's turn, otherwise later. */
  act(name: string, action: () => void): void {
    if (name === this.#current) action()
    else this.#waiting.get(name)!.push(action)
  }

  /** Called when a paper has ended and will act no more. */
  end(name: string): void {
    this.#ended.add(name)
    for (let turn = this.#current; turn !== undefined && this.#ended.has(turn); turn = this.#current) {
      this.#waiting.delete(turn)
      for (const action of this.#waiting.get(this.#current ?? '')?.splice(0) ?? []) action()
    }
  }

  /** Called when nothing runs any more. Acts for papers that were stopped before their turn, too. */
  finish(): void {
    for (const actions of this.#waiting.values()) for (const action of actions.splice(0)) action()
  }

  get #current(): string | undefined {
    return this.#waiting.keys().next().value
  }
}
