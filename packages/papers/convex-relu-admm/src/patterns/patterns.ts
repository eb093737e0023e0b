import { number, refuse, show } from '@opt/core'

/** A set of activation patterns: for which of n rows each of `count` linear units is on. */
export interface Patterns {
  /** n, the number of rows of X. */
  readonly rows: number
  readonly count: number
  /** Pattern i is `bits[i * rows]` to `bits[(i + 1) * rows - 1]`, 1 where the unit is on. */
  readonly bits: Uint8Array
}

/** {@link Patterns}, or a list of rows of bits or of strings such as `'0110'`. */
export type PatternsLike = Patterns | ArrayLike<string | ArrayLike<number>>

/** Distinct patterns in the order of their first appearance. */
export class PatternSet {
  readonly rows: number
  readonly #seen = new Set<string>()
  readonly #list: Uint8Array[] = []

  constructor(rows: number) {
    this.rows = rows
  }

  get count(): number {
    return this.#list.length
  }

  /** Adds a copy of the bits; returns false if the set has them already. */
  add(bits: Uint8Array): boolean {
    const key = keyOf(bits)
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    this.#list.push(bits.slice())
    return true
  }

  patterns(): Patterns {
    const bits = new Uint8Array(this.count * this.rows)
    for (const [i, row] of this.#list.entries()) bits.set(row, i * this.rows)
    return { rows: this.rows, count: this.count, bits }
  }
}

/** Returns a string that identifies the bits, fifteen of them a character. */
export function keyOf(bits: Uint8Array): string {
  let key = ''
  for (let k = 0; k < bits.length; k += 15) {
    let word = 0
    for (let j = k; j < Math.min(k + 15, bits.length); j++) word = 2 * word + bits[j]
    key += String.fromCharCode(word)
  }
  return key
}

/** Writes 1[x_k . g >= 0] for every row x_k of X (n x d). */
export function writePattern(X: Float64Array, d: number, g: ArrayLike<number>, bits: Uint8Array): void {
  for (let k = 0; k < bits.length; k++) {
    let sum = 0
    for (let j = 0; j < d; j++) sum += X[k * d + j] * g[j]
    bits[k] = sum >= 0 ? 1 : 0
  }
}

/** The convex program of more patterns would not fit into memory. */
const MOST_PATTERNS = 100_000

/** Checks the number of patterns that a user asks for. */
export function checkCount(value: unknown, label: string): number {
  number(value, label, { integer: true, min: 1 })
  return number(value, label, { max: MOST_PATTERNS })
}

/** Checks patterns of n rows and drops repeated ones. */
export function checkPatterns(patterns: PatternsLike, n: number): Patterns {
  const list = rowsOf(patterns)
  if (list.length === 0) refuse('patterns', 'nonempty', 'no pattern')
  const set = new PatternSet(n)
  const bits = new Uint8Array(n)
  for (const [i, row] of list.entries()) {
    if (row.length !== n) refuse(`patterns[${i}]`, `of length ${n}, a bit for each row of X`, `length ${row.length}`)
    for (let k = 0; k < n; k++) {
      const given = row[k]
      const bit = typeof given === 'string' ? Number(given) : given
      if ((bit !== 0 && bit !== 1) || given === ' ') refuse(`patterns[${i}][${k}]`, '0 or 1', show(given))
      bits[k] = bit
    }
    set.add(bits)
  }
  return set.patterns()
}

function rowsOf(patterns: PatternsLike): ArrayLike<string | number>[] {
  if (typeof patterns === 'object' && patterns !== null && 'bits' in patterns) {
    const { rows, count, bits } = patterns
    number(rows, 'patterns.rows', { integer: true, min: 0 })
    number(count, 'patterns.count', { integer: true, min: 0 })
    if (!ArrayBuffer.isView(bits)) refuse('patterns.bits', 'a Uint8Array', show(bits), 'type')
    if (bits.length !== rows * count) refuse('patterns.bits', `of length ${rows * count}`, `length ${bits.length}`)
    return Array.from({ length: count }, (_, i) => bits.subarray(i * rows, (i + 1) * rows))
  }
  if (!Array.isArray(patterns)) refuse('patterns', 'patterns, or a list of rows of bits', show(patterns), 'type')
  patterns.forEach((row, i) => {
    if (typeof row !== 'string' && !Array.isArray(row) && !ArrayBuffer.isView(row))
      refuse(`patterns[${i}]`, 'a row of bits', show(row), 'type')
  })
  return patterns
}
