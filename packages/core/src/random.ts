import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator'
import { boolean, number, options as optionsOf, refuse, show } from './errors.ts'
import { log } from './kernels/exp-log.ts'

const TWO_53 = 9007199254740992

/** The state of a {@link Random}: plain JSON. */
export interface RandomState {
  generator: number[]
  /** The second normal number of the last pair, if it has not been drawn yet. */
  spare: number | null
}

/** A source of random 32-bit words, as signed integers. */
export abstract class RandomWords {
  abstract next(): number
  abstract state(): number[]
  /** Returns an independent source; `draw` gives uniform words of this one. */
  abstract split(draw: () => number): RandomWords
}

class SeededWords extends RandomWords {
  readonly #generator: JumpableRandomGenerator

  constructor(state: number[]) {
    super()
    this.#generator = xoroshiro128plusFromState(state)
  }

  next(): number {
    return this.#generator.next()
  }

  state(): number[] {
    return [...this.#generator.getState()]
  }

  split(draw: () => number): RandomWords {
    return new SeededWords(mix(Int32Array.from({ length: 4 }, draw)))
  }
}

/**
 * Seeded random numbers (xoroshiro128+ of pure-rand), the same in every engine.
 * Always passed in: nothing in `@opt` draws from a global generator.
 */
export class Random {
  readonly #generator: RandomWords
  #spare: number | null

  /** Restores a saved state; {@link random} makes a generator from a seed. */
  constructor(state: RandomState | RandomWords) {
    this.#spare = null
    if (state instanceof RandomWords) {
      this.#generator = state
      return
    }
    const words: unknown = state?.generator
    // A state of zeros would draw zeros only.
    const ok =
      Array.isArray(words) && words.length === 4 && Array.from(words).every(isWord) && words.some((word) => word !== 0)
    const spare = state?.spare ?? null
    if (!ok || !(spare === null || Number.isFinite(spare)))
      refuse('Random: state', 'what state() returned', show(state), 'type')
    this.#generator = new SeededWords(words as number[])
    this.#spare = spare
  }

  /**
   * Returns the present state: `new Random(rng.state())` draws the same numbers from here on.
   *
   * @throws Error for a {@link cryptographicRandom}, whose numbers cannot be drawn again.
   */
  state(): RandomState {
    return { generator: this.#generator.state(), spare: this.#spare }
  }

  /** Draws 53 random bits as an integer; the lowest bits of the generator's words are its weakest and are dropped. */
  #bits53(): number {
    return (this.#generator.next() >>> 5) * 67108864 + (this.#generator.next() >>> 6)
  }

  /**
   * Draws uniformly from [low, high) with 53 random bits; returns `low` when the two are equal.
   *
   * @throws TypeError or RangeError when they are not finite numbers in that order.
   */
  uniform(low = 0, high = 1): number {
    if (!(typeof low === 'number' && typeof high === 'number' && high - low > 0 && high - low < Infinity))
      return this.#uniformOn(low, high)
    const width = high - low
    for (;;) {
      const x = low + width * (this.#bits53() / TWO_53)
      // Rounding may reach `high` where doubles are sparse.
      if (x < high) return x
    }
  }

  /** Handles intervals that are invalid, empty, or wider than the largest double. */
  #uniformOn(low: number, high: number): number {
    number(low, 'Random.uniform: low')
    number(high, 'Random.uniform: high', { min: low })
    if (low === high) return low
    for (;;) {
      const u = this.#bits53() / TWO_53
      const x = low * (1 - u) + high * u
      if (x < high) return x
    }
  }

  /**
   * Draws from the normal distribution by Marsaglia's polar method, with the core's own logarithm.
   *
   * @throws TypeError or RangeError when the mean or the deviation is not a finite number, or the deviation negative.
   */
  normal(mean = 0, deviation = 1): number {
    if (!(Number.isFinite(mean) && Number.isFinite(deviation) && deviation >= 0)) {
      number(mean, 'Random.normal: mean')
      number(deviation, 'Random.normal: deviation', { nonnegative: true })
    }
    if (this.#spare !== null) {
      const z = this.#spare
      this.#spare = null
      return mean + deviation * z
    }
    for (;;) {
      const u = this.uniform(-1, 1)
      const v = this.uniform(-1, 1)
      const s = u * u + v * v
      if (s >= 1 || s === 0) continue
      const scale = Math.sqrt((-2 * log(s)) / s)
      this.#spare = v * scale
      return mean + deviation * (u * scale)
    }
  }

  /**
   * Draws a uniform integer from [low, high), without bias.
   *
   * @throws RangeError when the interval is empty or wider than 2^32.
   */
  integer(low: number, high: number): number {
    number(low, 'Random.integer: low', { integer: true })
    number(high, 'Random.integer: high', { integer: true, min: low + 1, max: low + 4294967296 })
    return low + this.#below(high - low)
  }

  /** Draws uniformly from 0..width - 1: 53 bits modulo the width, which the operator % takes longer for than all else. */
  #below(width: number): number {
    for (;;) {
      const bits = this.#bits53()
      // From the last multiple of the width on, some remainders would be drawn more often than others.
      if (bits >= TWO_53 - width && bits >= TWO_53 - (TWO_53 % width)) continue
      const rest = bits - Math.floor(bits / width) * width
      // The quotient is rounded, and may have been rounded up to the next integer.
      return rest < 0 ? rest + width : rest
    }
  }

  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T extends unknown[] | Int32Array | Float64Array | Uint32Array>(array: T): T {
    if (!(Array.isArray(array) ? !Object.isFrozen(array) : ArrayBuffer.isView(array) && 'length' in array))
      refuse('Random.shuffle: array', 'an array or a typed array, not frozen', show(array), 'type')
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.#below(i + 1)
      const t = array[i]
      array[i] = array[j] as never
      array[j] = t as never
    }
    return array
  }

  /** Returns 0..n-1 in random order. */
  permutation(n: number): Int32Array {
    number(n, 'Random.permutation: n', { integer: true, min: 0, max: 2147483647 })
    return this.shuffle(Int32Array.from({ length: n }, (_, i) => i))
  }

  /**
   * Draws `size` indices from 0..n-1: distinct ones in random order, or independent ones with `replace`; with
   * probabilities proportional to `weights` (nonnegative, length n) when given.
   *
   * @throws RangeError when there are fewer than `size` indices to draw without replacement, or a weight is invalid.
   */
  choice(n: number, size: number, options?: { replace?: boolean; weights?: ArrayLike<number> }): Int32Array {
    const { replace = false, weights } = optionsOf(options, 'Random.choice: options', ['replace', 'weights'])
    boolean(replace, 'Random.choice: replace')
    number(n, 'Random.choice: n', { integer: true, min: 1, max: 2147483647 })
    number(size, 'Random.choice: size', { integer: true, min: 0, max: replace ? 2147483647 : n })
    if (weights !== undefined) return this.#weighted(n, size, replace, weights)
    if (replace) return Int32Array.from({ length: size }, () => this.integer(0, n))
    const pool = Int32Array.from({ length: n }, (_, i) => i)
    for (let i = 0; i < size; i++) {
      const j = this.integer(i, n)
      const t = pool[i]
      pool[i] = pool[j]
      pool[j] = t
    }
    return pool.slice(0, size)
  }

  #weighted(n: number, size: number, replace: boolean, weights: ArrayLike<number>): Int32Array {
    if (typeof weights !== 'object' || weights === null)
      refuse('Random.choice: weights', 'an array', show(weights), 'type')
    if (weights.length !== n) refuse('Random.choice: weights', `of length ${n}`, `length ${show(weights.length)}`)
    let most = 0
    for (let i = 0; i < n; i++)
      most = Math.max(most, number(weights[i], `Random.choice: weights[${i}]`, { nonnegative: true }))
    // Sums of such weights would overflow, or be rounded to few bits.
    const scale = (most > 1e290 || most < 1e-290) && most > 0 ? most : 1
    const left = Float64Array.from(weights, (w) => w / scale)
    const out = new Int32Array(size)
    for (let k = 0; k < size; k++) {
      const total = left.reduce((sum, w) => sum + w, 0)
      if (!(total > 0)) refuse('Random.choice: weights', `positive for at least ${size} indices`, `${k}`)
      let u = this.uniform() * total
      let i = 0
      // Rounding may leave a remainder: it goes to the last index of positive weight.
      for (let j = 0; j < n; j++) {
        if (left[j] === 0) continue
        i = j
        u -= left[j]
        if (u < 0) break
      }
      out[k] = i
      if (!replace) left[i] = 0
    }
    return out
  }

  /** Returns a new generator, seeded with 128 bits of this one. */
  split(): Random {
    return new Random(this.#generator.split(() => this.integer(-2147483648, 2147483648)))
  }
}

const isWord = (word: unknown): boolean => Number.isInteger(word) && word === ((word as number) | 0)

/** Expands seed words to a whole state (splitmix32), so that neighbouring seeds give unrelated streams. */
function mix(words: ArrayLike<number>): number[] {
  let h = 0
  return Array.from({ length: 4 }, (_, i) => {
    h = (h + words[i % words.length] + 0x9e3779b9) | 0
    let z = h
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return z ^ (z >>> 15)
  })
}

/**
 * Makes a generator of random numbers.
 *
 * @param seed any safe integer; equal seeds draw equal numbers in every engine.
 * @throws TypeError or RangeError when the seed is not an integer.
 */
export function random(seed: number): Random {
  number(seed, 'random: seed', { integer: true })
  return new Random({ generator: mix([seed | 0, Math.floor(seed / 4294967296) | 0]), spare: null })
}

/**
 * Returns the generator that a `seed` option stands for: the one given, or a new one from an integer.
 *
 * @throws TypeError or RangeError when it is neither.
 */
export function randomFrom(seed: number | Random, label: string): Random {
  return seed instanceof Random ? seed : random(number(seed, label, { integer: true }))
}
