import { number, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'
import { largest, VectorSpace } from '@opt/sets/parts'
import type { World } from './bounds.ts'
import { checkDomain, type Domain } from './domain.ts'
import { LONGEST, positive, SHORTEST } from './limits.ts'
import {
  checkCount,
  checkMemory,
  decodeMemory,
  type LearnerState,
  type Meaning,
  type Memory,
  saveMemory,
} from './state.ts'

/** A gradient of this round's loss at the point played, or a function that computes it there. */
export type Gradient = VectorLike | ((x: Float64Array) => VectorLike)

/** Plays a point of a domain each round and learns from the gradient there. */
export interface Learner {
  readonly name: string
  readonly domain: Domain
  /** The number of rounds seen so far. */
  readonly round: number
  /** The number of gradients longer than the G given: any guarantee that needs G is then void. */
  readonly violations: number
  /** Returns the point to play. The next call overwrites the array; writing into it does no harm. */
  predict(): Float64Array
  /**
   * Ends the round.
   *
   * @throws TypeError or RangeError when the gradient is no vector of the domain's dimension, has an entry that
   * is not finite, or is longer than 1e60; also what a gradient function throws. The learner is then unchanged.
   */
  update(gradient: Gradient): void
  /**
   * Returns an upper bound on the linearised regret sum <g_t, x_t - u> of the rounds seen, for any u of the
   * domain; undefined when none is known.
   */
  certificate(): number | undefined
  /** Returns the bound on the expected regret in a world with these quantities; undefined when none holds. */
  bound(world: World): number | undefined
  /** Returns everything that the learner has accumulated. */
  state(): LearnerState
  /**
   * Continues from a saved state, to the same bits.
   *
   * @throws TypeError or RangeError when the state does not come from a learner like this, or is impossible: a
   * point outside the domain, negative squares, a metric that is not positive definite. The learner is then
   * unchanged.
   */
  load(state: LearnerState): void
}

/** A learner that always knows an upper bound on its regret. */
export interface Certified extends Learner {
  certificate(): number
}

/** Options that every learner has. */
export interface LearnerOptions {
  domain: Domain
  /** The first point played. Default: the domain's centre. */
  start?: VectorLike
}

/** The played point, the gradient, and at most six vectors of the learner's own. */
const VECTORS = 8

/**
 * The base of all learners: checks, the played point, saving. A subclass adds the algorithm, `step`, and lists
 * what changes from round to round in `numbers`, `arrays` and `meaning`.
 */
export abstract class OnlineLearner implements Learner {
  readonly name: string
  readonly domain: Domain
  round = 0
  violations = 0
  /** Memory and arithmetic for vectors of the domain's dimension. */
  protected readonly space: VectorSpace
  /** The point to play next. */
  protected readonly x: Float64Array
  readonly #shown: Float64Array
  readonly #gradient: Float64Array
  readonly #limit: number

  constructor(name: string, options: LearnerOptions, G?: number) {
    const { domain, start } = optionsOf(options, `${name}: options`)
    checkDomain(domain, `${name}: domain`)
    if (G !== undefined) positive(G, name, 'G')
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
    this.#limit = G === undefined ? Infinity : G * G * (1 + 1e-12)
  }

  /** The numbers that change from round to round: saved and restored by name, as the arrays are. */
  protected abstract readonly numbers: Record<string, number>
  protected abstract readonly arrays: Record<string, Float64Array>
  /** What each of them stands for; a name left out may hold any finite numbers. */
  protected abstract readonly meaning: Record<string, Meaning>

  /**
   * One round of the algorithm. g is checked; `square` is ||g||^2. It may throw only before it has changed
   * anything.
   */
  protected abstract step(g: Float64Array, square: number): void

  /** Writes out = P(from - eta g), the projected gradient step; out may be `from`. */
  protected descend(from: Float64Array, eta: number, g: Float64Array, out: Float64Array): void {
    this.space.descend(from, eta, g, out)
    this.domain.projectInPlace(out)
  }

  predict(): Float64Array {
    this.#shown.set(this.x)
    return this.#shown
  }

  update(gradient: Gradient): void {
    const square = this.#read(gradient)
    this.step(this.#gradient, square)
    this.round++
    if (square > this.#limit) this.violations++
  }

  certificate(): number | undefined {
    return undefined
  }

  bound(world: World): number | undefined {
    const label = `${this.name}.bound: world`
    const checked = optionsOf(world, label)
    for (const key of ['sigma2', 'Sigma2', 'sigmaMax2', 'SigmaMax2', 'G', 'L', 'pathLength'] as const)
      if (checked[key] !== undefined) number(checked[key], `${label}.${key}`, { nonnegative: true })
    return this.boundIn(checked)
  }

  protected boundIn(_world: World): number | undefined {
    return undefined
  }

  /** Copies the gradient and returns its squared length. */
  #read(gradient: Gradient): number {
    const given = typeof gradient === 'function' ? gradient(this.predict()) : gradient
    const into = this.#gradient
    const square = isDense(given, into.length) ? this.#copy(given, into) : NaN
    return square <= LONGEST * LONGEST ? square : this.#readSlowly(given)
  }

  /** Reads an ndarray or matrix, or refuses the gradient. */
  #readSlowly(given: VectorLike): number {
    const label = `${this.name}.update: gradient`
    const into = this.#gradient
    const square = this.#copy(vector(given, label, { length: into.length }), into)
    if (!(square <= LONGEST * LONGEST)) refuse(label, `of length at most ${LONGEST}`, String(Math.sqrt(square)))
    return square
  }

  /** Returns the squared length of what was copied; NaN when an entry is not a number. */
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
    const { name: learner, round, violations } = this
    return { learner, dimension: this.domain.dimension, round, violations, ...saveMemory(this.#memory()) }
  }

  load(state: LearnerState): void {
    const label = `${this.name}.load: state`
    if (typeof state !== 'object' || state === null) refuse(label, 'what state() returned', show(state), 'type')
    if (state.learner !== this.name) refuse(`${label}.learner`, show(this.name), show(state.learner))
    if (state.dimension !== this.domain.dimension)
      refuse(`${label}.dimension`, String(this.domain.dimension), show(state.dimension))
    const round = checkCount(state.round, `${label}.round`)
    const violations = checkCount(state.violations, `${label}.violations`)
    if (violations > round) refuse(`${label}.violations`, `at most the ${round} rounds`, String(violations))
    const memory = this.#memory()
    const restored = decodeMemory(state, memory, label)
    checkMemory(restored, { x: 'point', ...this.meaning }, label, this.domain, round)
    this.round = round
    this.violations = violations
    Object.assign(memory.numbers, restored.numbers)
    for (const [key, values] of Object.entries(restored.arrays)) memory.arrays[key].set(values)
  }

  #memory(): Memory {
    return { numbers: this.numbers, arrays: { x: this.x, ...this.arrays } }
  }
}

const isDense = (given: unknown, length: number): given is ArrayLike<number> =>
  (Array.isArray(given) || ArrayBuffer.isView(given)) && (given as unknown as ArrayLike<unknown>).length === length
