import { number, permutation, Random, type RandomState, random, refuse, show } from '@opt/core'

/** Where a run draws from: a `Random` of @opt/core, or recorded numbers. */
export interface NormalSource {
  /** Returns a standard normal number. */
  normal(): number
  /** Returns 0..n-1 in random order. Needed with batches. */
  permutation?(n: number): ArrayLike<number>
}

/** The views of a run's generator in the memory of its kernels. */
export interface GeneratorViews {
  words: Int32Array
  spare: Float64Array
  /** Where normals are written. */
  Z: Float64Array
}

/** The draws of a run: in a kernel from a seed, or one by one from a source of the caller's. */
export class Draws {
  readonly #views: GeneratorViews
  readonly #kernel: (n: number, words: Int32Array, spare: Float64Array, out: Float64Array) => void
  readonly #source: NormalSource | undefined

  /**
   * @param source a seed; a Random, from which a generator of this run's own is split off; or another source.
   * @param state of an earlier run, which takes the place of a seed.
   */
  constructor(
    source: number | Random | NormalSource,
    state: RandomState | null | undefined,
    kernel: (n: number, words: Int32Array, spare: Float64Array, out: Float64Array) => void,
    views: GeneratorViews,
  ) {
    this.#kernel = kernel
    this.#views = views
    if (typeof source === 'number' || source instanceof Random) {
      this.#load(state ? new Random(state) : typeof source === 'number' ? random(seedOf(source)) : source.split())
    } else {
      if (typeof source?.normal !== 'function')
        refuse('random', 'a seed, a Random, or an object with normal()', show(source), 'type')
      this.#source = source
    }
  }

  /** Draws n standard normals: the first entries of an array that the next call overwrites. */
  normals(n: number): Float64Array {
    const { words, spare, Z } = this.#views
    if (this.#source === undefined) this.#kernel(n, words, spare, Z)
    else for (let i = 0; i < n; i++) Z[i] = number(this.#source.normal(), 'random.normal()')
    return Z
  }

  /** Draws otherwise. */
  with<T>(draw: (rng: Random) => T): T {
    if (this.#source !== undefined) refuse('random', 'a seed or a Random for this start', 'a source of normals', 'type')
    const rng = this.#generator()
    const answer = draw(rng)
    this.#load(rng)
    return answer
  }

  /** Returns 0..n-1 in random order. */
  permutation(n: number): number[] {
    const source = this.#source
    if (source === undefined) return this.with((rng) => [...rng.permutation(n)])
    if (typeof source.permutation !== 'function')
      refuse('random', 'able to draw a permutation(n) where there are batches', 'one that is not', 'type')
    return permutation(Array.from(source.permutation(n)), 'random.permutation(n)', n)
  }

  /** The state, to go on from; null for a source of the caller's. */
  state(): RandomState | null {
    return this.#source === undefined ? this.#generator().state() : null
  }

  #generator(): Random {
    const { words, spare } = this.#views
    return new Random({ generator: [...words], spare: spare[0] === 0 ? null : spare[1] })
  }

  #load(rng: Random): void {
    const { generator, spare } = rng.state()
    this.#views.words.set(generator)
    this.#views.spare.set([spare === null ? 0 : 1, spare ?? 0])
  }
}

const seedOf = (seed: number) => number(seed, 'random', { integer: true })
