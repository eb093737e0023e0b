import { exp, log, type MatrixLike, matrix, number, options, type Random, refuse, show } from '@opt/core'
import { takeCount, takeRandom } from './arguments.ts'
import { rowSpace } from './row-space.ts'

/** A set of activation patterns: which of n rows each of `count` linear units is on for. */
export interface Patterns {
  /** n, the number of rows of X. */
  readonly rows: number
  readonly count: number
  /** Pattern i is `bits[i * rows]` to `bits[(i + 1) * rows - 1]`, 1 where the unit is on. */
  readonly bits: Uint8Array
}

/** What is taken for patterns: {@link Patterns}, or a list of rows of bits or of strings such as `'0110'`. */
export type PatternsLike = Patterns | ArrayLike<string | ArrayLike<number>>

/** Answer of {@link samplePatterns}. */
export interface SampledPatterns extends Patterns {
  /** Which of the draws gave each pattern. */
  indices: Int32Array
  /** Set when fewer patterns were found than asked for. */
  note?: string
}

/** Options of {@link samplePatterns}: how many patterns from which generator, or the normals themselves. */
export type SampleOptions = { count: number; random: Random } | { normals: MatrixLike; count?: number }

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

  /** Adds a copy of the bits; false when they are there already. */
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

/** Fifteen bits a character. */
export function keyOf(bits: Uint8Array): string {
  let key = ''
  for (let k = 0; k < bits.length; k += 15) {
    let word = 0
    for (let j = k; j < Math.min(k + 15, bits.length); j++) word = 2 * word + bits[j]
    key += String.fromCharCode(word)
  }
  return key
}

/** Writes 1[x_k . g >= 0] for every row of X (n x d). */
export function writePattern(X: Float64Array, d: number, g: ArrayLike<number>, bits: Uint8Array): void {
  for (let k = 0; k < bits.length; k++) {
    let sum = 0
    for (let j = 0; j < d; j++) sum += X[k * d + j] * g[j]
    bits[k] = sum >= 0 ? 1 : 0
  }
}

/** Checks patterns for n rows and drops repeated ones. */
export function takePatterns(patterns: PatternsLike, n: number, label = 'patterns'): Patterns {
  const list = rowsOf(patterns, label)
  if (list.length === 0) refuse(label, 'nonempty', 'no pattern')
  const set = new PatternSet(n)
  const bits = new Uint8Array(n)
  for (const [i, row] of list.entries()) {
    if (row.length !== n) refuse(`${label}[${i}]`, `of length ${n}, a bit for each row of X`, `length ${row.length}`)
    for (let k = 0; k < n; k++) {
      const given = row[k]
      const bit = typeof given === 'string' ? Number(given) : given
      if ((bit !== 0 && bit !== 1) || given === ' ') refuse(`${label}[${i}][${k}]`, '0 or 1', show(given))
      bits[k] = bit
    }
    set.add(bits)
  }
  return set.patterns()
}

function rowsOf(patterns: PatternsLike, label: string): ArrayLike<string | number>[] {
  if (typeof patterns === 'object' && patterns !== null && 'bits' in patterns) {
    const { rows, count, bits } = patterns
    number(rows, `${label}.rows`, { integer: true, min: 0 })
    number(count, `${label}.count`, { integer: true, min: 0 })
    if (!ArrayBuffer.isView(bits)) refuse(`${label}.bits`, 'a Uint8Array', show(bits), 'type')
    if (bits.length !== rows * count) refuse(`${label}.bits`, `of length ${rows * count}`, `length ${bits.length}`)
    return Array.from({ length: count }, (_, i) => bits.subarray(i * rows, (i + 1) * rows))
  }
  if (!Array.isArray(patterns)) refuse(label, 'patterns, or a list of rows of bits', show(patterns), 'type')
  patterns.forEach((row, i) => {
    if (typeof row !== 'string' && !Array.isArray(row) && !ArrayBuffer.isView(row))
      refuse(`${label}[${i}]`, 'a row of bits', show(row), 'type')
  })
  return patterns
}

/**
 * Patterns 1[X g >= 0] of Gaussian normals g, repeats dropped, in the order of their first appearance (the paper's choice).
 *
 * @param X n x d.
 * @returns up to `count` patterns, with a `note` when the draws gave fewer: `100 count + 1000` draws are made at most.
 * @throws RangeError when `count` is not positive or above 100 000.
 */
export function samplePatterns(X: MatrixLike, given: SampleOptions): SampledPatterns {
  const rule = options(given, 'samplePatterns: options')
  const data = matrix(X, 'samplePatterns: X')
  const [n, d] = data.shape as [number, number]
  const normals = 'normals' in rule ? matrix(rule.normals, 'samplePatterns: normals', { columns: d }) : null
  const chance = normals ? undefined : takeRandom((rule as { random: Random }).random, 'samplePatterns: random')
  const wanted = rule.count ?? (normals ? Infinity : Number.NaN)
  if (wanted !== Infinity) takeCount(wanted, 'samplePatterns: count')
  const draws = normals ? normals.shape[0] : 1000 + 100 * wanted

  const set = new PatternSet(n)
  const indices: number[] = []
  const bits = new Uint8Array(n)
  const g = new Float64Array(d)
  for (let t = 0; t < draws && set.count < wanted; t++) {
    for (let j = 0; j < d; j++) g[j] = normals ? normals.data[t * d + j] : chance!.normal()
    writePattern(data.data, d, g, bits)
    if (set.add(bits)) indices.push(t)
  }
  const found = { ...set.patterns(), indices: Int32Array.from(indices) }
  if (wanted === Infinity || found.count === wanted) return found
  return { ...found, note: `${draws} draws gave ${found.count} distinct patterns, not ${wanted}` }
}

/**
 * The number of full-dimensional cells of n hyperplanes through the origin in general position: 2 sum_{k < rank} C(n - 1, k).
 *
 * @param n distinct nonzero directions among the rows of X.
 */
export function patternCount(n: number, rank: number): number {
  number(n, 'patternCount: n', { integer: true, min: 1 })
  number(rank, 'patternCount: rank', { integer: true, min: 1 })
  let binomial = 1
  let sum = 0
  for (let k = 0; k < rank && k < n; k++) {
    sum += binomial
    binomial = (binomial * (n - 1 - k)) / (k + 1)
  }
  return 2 * sum
}

/** The bound 2 r (e (n - 1) / r)^r on the number of patterns of n rows of rank r <= n. */
export function patternUpperBound(n: number, rank: number): number {
  number(n, 'patternUpperBound: n', { integer: true, min: 1 })
  number(rank, 'patternUpperBound: rank', { integer: true, min: 1 })
  return n === 1 ? 2 : 2 * rank * exp(rank * (1 + log((n - 1) / rank)))
}

/**
 * How many random patterns make it unlikely (probability at most xi, at confidence at least 1 - psi) that one more lowers the
 * optimum: min((n + 1) / (psi xi) - 1, (2 / xi) (n + 1 - ln psi)), a real number (the paper's sample bound, as we know it).
 * It says nothing about how much lower.
 */
export function samplesNeeded(given: { n: number; xi: number; psi: number }): number {
  const { n, xi, psi } = options(given, 'samplesNeeded: options')
  number(n, 'samplesNeeded: n', { integer: true, min: 1 })
  for (const [value, label] of [
    [xi, 'xi'],
    [psi, 'psi'],
  ] as const)
    if (!(number(value, `samplesNeeded: ${label}`) > 0 && value <= 1))
      refuse(`samplesNeeded: ${label}`, 'in (0, 1]', String(value))
  const needed = Math.min((n + 1) / (psi * xi) - 1, (2 / xi) * (n + 1 - log(psi)))
  if (!Number.isFinite(needed)) refuse('samplesNeeded: xi', 'large enough for a finite number', String(xi))
  return needed
}

/** Distinct directions (up to sign) among the nonzero rows of X, and its rank: what {@link patternCount} counts with. */
export function patternStatistics(X: MatrixLike): { directions: number; rank: number } {
  const data = matrix(X, 'patternStatistics: X')
  const { directions, rank } = rowSpace(data.data, data.shape[0], data.shape[1])
  return { directions: directions.length, rank }
}
