import { malformed } from '../input/bytes.ts'
import { characters, type Element, element, elementOf, numberCount, type Source, where } from './elements.ts'

/** Counts the arrays of a file. */
export interface Budget {
  /** Option maxArrays. */
  most: number
  left: number
}

/** Reads the elements of an array in order. */
export class Parts {
  readonly from: Source
  at: number
  readonly end: number
  readonly budget: Budget

  constructor(from: Source, { start, end }: Element, budget: Budget) {
    this.budget = budget
    this.from = from
    this.at = start
    this.end = end
  }

  next(types: number[], what: string): Element {
    const found = elementOf(this.from, this.at, this.end, types, what)
    this.at = found.next
    return found
  }

  /** The next element, of numbers of any storage type. */
  numbers(count: number, what: string): Element {
    const found = element(this.from, this.at, this.end)
    const stored = numberCount(this.from, found)
    if (stored !== count) malformed(where(this.from, found.at), `${count} numbers (${what})`, `${stored}`)
    this.at = found.next
    return found
  }

  text(types: number[], what: string): string {
    return characters(this.from, this.next(types, what))
  }

  refuse(expected: string, found: string): never {
    return malformed(where(this.from, this.at), expected, found)
  }
}
