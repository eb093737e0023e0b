/** A column of words: row i holds `classNames[labels[i]]`. */
export interface Category {
  name: string
  labels: Int32Array
  classNames: string[]
}

/** A growing column of words. */
export class Words {
  readonly rows: number[] = []
  readonly #codes = new Map<string, number>()

  add(word: string): void {
    let code = this.#codes.get(word)
    if (code === undefined) this.#codes.set(word, (code = this.#codes.size))
    this.rows.push(code)
  }

  category(name: string): Category {
    const found = [...this.#codes.keys()]
    const classNames = found.toSorted((a, b) => (a < b ? -1 : 1))
    const place = new Map(classNames.map((word, k) => [word, k]))
    const order = found.map((word) => place.get(word)!)
    return { name, labels: Int32Array.from(this.rows, (code) => order[code]!), classNames }
  }
}
