import type { Category } from './table.ts'

/** Collects a column of words. */
export class Words {
  readonly #labels: Int32Array
  #rows = 0
  readonly #codes = new Map<string, number>()

  constructor(rows: number) {
    this.#labels = new Int32Array(rows)
  }

  add(word: string): void {
    let code = this.#codes.get(word)
    if (code === undefined) this.#codes.set(word, (code = this.#codes.size))
    this.#labels[this.#rows++] = code
  }

  category(name: string): Category {
    const found = [...this.#codes.keys()]
    const classNames = found.toSorted((a, b) => (a < b ? -1 : 1))
    const place = new Map(classNames.map((word, k) => [word, k]))
    const order = found.map((word) => place.get(word)!)
    return { name, labels: this.#labels.map((code) => order[code]!), classNames }
  }
}
