import { number, options, refuse, show, type VectorLike, vector } from '@opt/core'
import type { World } from './bounds.ts'
import { type Domain, takeDomain } from './domains/domain.ts'
import { largest, VectorSpace } from './linear/vectors.ts'
import { checkMeaning, LONGEST, type Meaning, SHORTEST } from './meaning.ts'
import { checkNames, count, decode, encode, type LearnerState } from './state.ts'

/** A gradient of this round's loss at the point played, or a function that computes it there. */
export type Gradient = VectorLike | ((x: Float64Array) => VectorLike)

/** One who plays a point of a domain each round and learns from the gradient there. */
export interface Learner {
  readonly name: string
  readonly domain: Domain
  /** Rounds seen so far. */
  readonly round: number
  /** How many gradients were longer than the G it was told: guarantees that need G are then void. */
  readonly violations: number
  /** The point to play. The array is overwritten by the next call; writing into it disturbs nothing. */
  predict(): Float64Array
  /**
   * Ends the round.
   *
   * @throws TypeError or RangeError when the gradient is no vector of the domain's dimension, has an entry that is not
   * finite, or is longer than 1e60; also whatever a gradient function throws. The learner is then unchanged.
   */
  update(gradient: Gradient): void
  /**
   * What the linearised regret sum <g_t, x_t - u> of the rounds seen cannot exceed, for any u of the domain;
   * undefined when none is known.
   */
  certificate(): number | undefined
  /** The bound on the expected regret in a world with these quantities; undefined when none holds. */
  bound(world: World): number | undefined
  /** Everything it remembers. */
  state(): LearnerState
  /**
   * Goes on from a saved state, to the same bits.
   *
   * @throws TypeError or RangeError when the state is not one of a learner like this, or holds what none can have: a point outside
   * the domain, negative squares, a metric that is not positive definite. The learner is then unchanged.
   */
  load(state: LearnerState): void
}

/** Options that every learner has. */
export interface LearnerOptions {
  domain: Domain
  /** The first point played. Default: the domain's centre. */
  start?: VectorLike
}

/** x, the gradient, and at most six vectors of the learner's own. */
const VECTORS = 8

/** What changes from round to round. */
export interface Memory {
  readonly numbers: Record<string, number>
  readonly arrays: Record<string, Float64Array>
  readonly meaning: Record<string, Meaning>
}

/** The part all learners share: checks, the played point, saving. A learner adds its step and its memory. */
export abstract class OnlineLearner implements Learner {
  readonly name: string
  readonly domain: Domain
  round = 0
  violations = 0
  /** Room for the vectors that a learner keeps. */
  protected readonly space: VectorSpace
  /** The point to play next. */
  protected readonly x: Float64Array
  readonly #shown: Float64Array
  readonly #gradient: Float64Array
  readonly #limit: number

  constructor(name: string, given: LearnerOptions, G: number = Infinity) {
    const { domain, start } = options(given, `${name}: options`)
    takeDomain(domain, `${name}: domain`)
    this.name = name
    this.domain = domain
    const { dimension, diameter } = domain
    if (!(diameter === 0 || diameter >= SHORTEST) || diameter > LONGEST)
      refuse(`${name}: domain`, `of diameter 0, or ${SHORTEST} to ${LONGEST}`, `diameter ${diameter}`)
    const center = vector(domain.center(), `${name}: domain.center()`, { length: dimension })
    if (largest(center) > LONGEST) refuse(`${name}: domain`, `within ${LONGEST} of the origin`, 'one further away')
    this.space = new VectorSpace(dimension, VECTORS)
    this.x = this.space.copy(center)
    if (start !== undefined) {
      this.x.set(vector(start, `${name}: start`, { length: dimension }))
      if (!domain.contains(this.x)) refuse(`${name}: start`, 'a point of the domain', 'one outside')
    }
    this.#shown = new Float64Array(dimension)
    this.#gradient = this.space.zeros()
    this.#limit = G * G * (1 + 1e-12)
  }

  /** All that changes from round to round, besides x: saved and restored by name. */
  protected abstract readonly numbers: Record<string, number>
  protected abstract readonly arrays: Record<string, Float64Array>
  /** A part with a memory of its own, under other names. */
  protected readonly part: Memory = { numbers: {}, arrays: {}, meaning: {} }
  /** What those are, by name; what is not named may be any finite number. */
  protected abstract readonly meaning: Record<string, Meaning>

  /** One round of the algorithm. g is checked; `square` is ||g||^2. It may throw only before it has changed anything. */
  protected abstract step(g: Float64Array, square: number): void

  predict(): Float64Array {
    this.#shown.set(this.x)
    return this.#shown
  }

  update(gradient: Gradient): void {
    const square = this.#take(gradient)
    this.step(this.#gradient, square)
    this.round++
    if (square > this.#limit) this.violations++
  }

  certificate(): number | undefined {
    return undefined
  }

  bound(world: World): number | undefined {
    const label = `${this.name}.bound: world`
    const checked = options(world, label)
    for (const key of ['sigma2', 'Sigma2', 'sigmaMax2', 'SigmaMax2', 'G', 'L', 'pathLength'] as const)
      if (checked[key] !== undefined) number(checked[key], `${label}.${key}`, { nonnegative: true })
    return this.boundIn(checked)
  }

  protected boundIn(_world: World): number | undefined {
    return undefined
  }

  /** Copies the gradient and returns its squared length. */
  #take(gradient: Gradient): number {
    const label = `${this.name}.update: gradient`
    const given = typeof gradient === 'function' ? gradient(this.predict()) : gradient
    const into = this.#gradient
    let square = NaN
    if (isDense(given, into.length)) square = this.#copy(given, into)
    if (!(square <= LONGEST * LONGEST)) {
      const taken = vector(given, label, { length: into.length })
      square = this.#copy(taken, into)
      if (!(square <= LONGEST * LONGEST)) refuse(label, `of length at most ${LONGEST}`, String(Math.sqrt(square)))
    }
    return square
  }

  /** The squared length of what was copied; NaN when an entry is not a number. */
  #copy(from: ArrayLike<number>, into: Float64Array): number {
    if (ArrayBuffer.isView(from)) {
      if (typeof from[0] !== 'number') return NaN
      into.set(from)
    } else
      for (let i = 0; i < into.length; i++) {
        const v = from[i]
        if (typeof v !== 'number') return NaN
        into[i] = v
      }
    return this.space.inner(into, into)
  }

  state(): LearnerState {
    const { numbers, arrays } = this.#memory()
    return {
      learner: this.name,
      dimension: this.domain.dimension,
      round: this.round,
      violations: this.violations,
      numbers: Object.fromEntries(numbers.map(([key, owner]) => [key, encode(Float64Array.of(owner[key]))])),
      arrays: Object.fromEntries(arrays.map(([key, values]) => [key, encode(values)])),
    }
  }

  load(state: LearnerState): void {
    const label = `${this.name}.load: state`
    if (typeof state !== 'object' || state === null) refuse(label, 'what state() returned', show(state), 'type')
    if (state.learner !== this.name) refuse(`${label}.learner`, show(this.name), show(state.learner))
    if (state.dimension !== this.domain.dimension)
      refuse(`${label}.dimension`, String(this.domain.dimension), show(state.dimension))
    const round = count(state.round, `${label}.round`)
    const violations = count(state.violations, `${label}.violations`)
    if (violations > round) refuse(`${label}.violations`, `at most the ${round} rounds`, String(violations))
    const mine = this.#memory()
    checkNames(
      state.numbers,
      mine.numbers.map(([key]) => key),
      `${label}.numbers`,
    )
    checkNames(
      state.arrays,
      mine.arrays.map(([key]) => key),
      `${label}.arrays`,
    )
    const numbers = mine.numbers.map(([key]) => decode(state.numbers[key], 1, `${label}.numbers.${key}`)[0])
    const arrays = mine.arrays.map(([key, into]) => decode(state.arrays[key], into.length, `${label}.arrays.${key}`))
    const meaning: Record<string, Meaning> = { x: 'point', ...this.meaning, ...this.part.meaning }
    const check = (values: Float64Array, kind: string, key: string) =>
      checkMeaning(values, meaning[key], `${label}.${kind}.${key}`, this.domain, round)
    mine.numbers.forEach(([key], k) => check(Float64Array.of(numbers[k]), 'numbers', key))
    mine.arrays.forEach(([key], k) => check(arrays[k], 'arrays', key))
    this.round = round
    this.violations = violations
    mine.numbers.forEach(([key, owner], k) => {
      owner[key] = numbers[k]
    })
    mine.arrays.forEach(([, into], k) => into.set(arrays[k]))
  }

  #memory(): { numbers: (readonly [string, Record<string, number>])[]; arrays: [string, Float64Array][] } {
    return {
      numbers: [this.numbers, this.part.numbers].flatMap((owner) =>
        Object.keys(owner).map((key) => [key, owner] as const),
      ),
      arrays: Object.entries({ x: this.x, ...this.arrays, ...this.part.arrays }),
    }
  }
}

const isDense = (given: unknown, length: number): given is ArrayLike<number> =>
  (Array.isArray(given) || ArrayBuffer.isView(given)) && (given as unknown as ArrayLike<unknown>).length === length

/** Checks G, L, lambda and their like: beyond 1e-60 to 1e60 a square or a quotient of them may overflow. */
export function positive(value: unknown, name: string, option: string): number {
  const label = `${name}: ${option}`
  number(value, label, { positive: true })
  return number(value, label, { min: SHORTEST, max: LONGEST })
}

/** Checks what is added under a root beside a square of G. */
export function squareLike(value: unknown, name: string, option: string): number {
  const label = `${name}: ${option}`
  number(value, label, { nonnegative: true })
  return value === 0 ? 0 : number(value, label, { min: 1e-240, max: 1e240 })
}
