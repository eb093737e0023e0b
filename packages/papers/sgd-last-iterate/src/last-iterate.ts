import { decodeFloats, encodeFloats, refuse, show, type VectorLike, vector } from '@opt/core'
import { type ConvexityMap, checkMap, euclidean } from './geometry/maps.ts'
import { type Geometry, MirrorStep } from './geometry/mirror-step.ts'
import type { Term } from './geometry/terms.ts'
import { type Guarantee, type Plan, type PlanOptions, planOf } from './plan.ts'
import { startAt } from './runs/start.ts'
import { workspace } from './runs/workspace.ts'
import { checkStepSizes } from './theory/coefficients.ts'
import { known } from './theory/known.ts'

/** What both forms of {@link lastIterate} take. */
export interface StartOptions extends Geometry {
  /** The first point. */
  x0: VectorLike
}

/** Options of {@link lastIterate}: what one knows of the problem. */
export interface LastIterateOptions extends StartOptions, PlanOptions {}

/** Options of {@link lastIterate} with steps of one's own, and no guarantee. */
export interface OwnStepsOptions extends StartOptions {
  /** eta_1 .. eta_T, or eta_t as a function of t = 1, 2, .... */
  stepSizes: VectorLike | ((t: number) => number)
}

/** A learner that has been saved: plain JSON. */
export interface LastIterateState {
  map: string
  /** The steps taken. */
  steps: number
  /** The point, as base64 of little-endian float64. */
  x: string
}

/** Takes gradients one at a time; see {@link lastIterate}. */
export interface LastIterate {
  /** The rule of the steps and its guarantee; undefined with steps of one's own. */
  readonly plan: Plan | undefined
  /** The number of steps taken. */
  readonly steps: number
  /** Returns the present point, where the next gradient is wanted. The next call overwrites the array. */
  point(): Float64Array
  /**
   * Takes a step.
   *
   * @param gradient a stochastic subgradient of f at `point()`, without that of the term.
   * @throws RangeError or TypeError when it is no vector of finite numbers of the dimension, all planned steps
   * have been taken, or the next point overflows. The learner is then unchanged.
   */
  step(gradient: VectorLike): void
  /** Returns what is guaranteed of the present point; undefined before the first step and without a plan. */
  guarantee(): Guarantee | undefined
  /** Returns what `load` needs to continue from here. */
  state(): LastIterateState
  /**
   * Continues from a saved state, to the same bits.
   *
   * @throws RangeError or TypeError when it is not the state of such a learner. The learner is then unchanged.
   */
  load(state: LastIterateState): void
}

/**
 * Makes a learner whose last point carries a guarantee. The step sizes follow from what one knows, L, M, sigma,
 * `distance` and, if known, T, by {@link plan}; gradients may come from anywhere.
 *
 * @throws RangeError or TypeError when an argument is wrong, the step of the map and the term has no closed form,
 * or `p` is given without the map power(p) or radialPower(p).
 */
export function lastIterate(options: LastIterateOptions): LastIterate & { readonly plan: Plan }
export function lastIterate(options: LastIterateOptions | OwnStepsOptions): LastIterate
export function lastIterate(options: LastIterateOptions | OwnStepsOptions): LastIterate {
  const given = known(options, 'lastIterate: options', ['x0', 'map', 'term'])
  const { map = euclidean(), term, x0 } = given
  checkMap(map, 'lastIterate: map')
  const x = startAt(x0, map, term, false, 'lastIterate: x0')
  const own = (given as OwnStepsOptions).stepSizes !== undefined
  return new Learner(x, map, term, own ? (given as OwnStepsOptions) : planFor(given as LastIterateOptions, map))
}

/** The plan for a map; its order has to be that of the noise. */
function planFor(given: LastIterateOptions, map: ConvexityMap): Plan {
  const { p } = given
  const order = p === undefined ? 2 : p / (p - 1)
  if (!(Math.abs(map.order - order) <= 1e-9 * order))
    refuse(
      'lastIterate: p',
      map.order === 2 ? 'left out with this map, or power(p) or radialPower(p) be the map' : 'the p of the map',
      show(p),
    )
  return planOf(given, 'lastIterate')
}

class Learner implements LastIterate {
  readonly plan: Plan | undefined
  steps = 0
  readonly #map: ConvexityMap
  readonly #term: Term | undefined
  readonly #x: Float64Array
  readonly #gradient: Float64Array
  readonly #shown: Float64Array
  readonly #mirror: MirrorStep
  readonly #stepSize: (t: number) => number
  readonly #most: number

  constructor(x: Float64Array, map: ConvexityMap, term: Term | undefined, steps: Plan | OwnStepsOptions) {
    const space = workspace(x.length, 1)
    this.#map = map
    this.#term = term
    this.#x = space.points[0]
    this.#x.set(x)
    this.#gradient = space.ghat
    this.#shown = x.slice()
    this.#mirror = new MirrorStep(space, map, term, 'lastIterate')
    if ('guarantee' in steps) {
      this.plan = steps
      this.#stepSize = steps.stepSize
      this.#most = steps.stepSizes?.length ?? Infinity
    } else if (typeof steps.stepSizes === 'function') {
      this.#stepSize = steps.stepSizes
      this.#most = Infinity
    } else {
      const eta = checkStepSizes(steps.stepSizes, 'lastIterate').slice()
      this.#stepSize = (t) => eta[t - 1]
      this.#most = eta.length
    }
  }

  point(): Float64Array {
    this.#shown.set(this.#x)
    return this.#shown
  }

  step(gradient: VectorLike): void {
    const t = this.steps + 1
    if (t > this.#most) refuse('lastIterate.step: t', `one of the ${this.#most} planned steps`, `step ${t}`)
    const eta = this.#stepSize(t)
    if (!(eta > 0 && eta < Infinity)) refuse(`lastIterate.step: stepSizes(${t})`, 'a positive number', show(eta))
    const g = this.#gradient
    g.set(isDense(gradient, g.length) ? gradient : vector(gradient, GRADIENT, { length: g.length }))
    if (!this.#mirror.advance(this.#x, eta)) {
      vector(g, GRADIENT)
      refuse(GRADIENT, 'such that the next point is finite', 'one that makes it overflow')
    }
    this.steps = t
  }

  guarantee(): Guarantee | undefined {
    return this.steps === 0 ? undefined : this.plan?.guarantee(this.steps)
  }

  state(): LastIterateState {
    return { map: this.#map.name, steps: this.steps, x: encodeFloats(this.#x) }
  }

  load(state: LastIterateState): void {
    const label = 'lastIterate.load: state'
    if (typeof state !== 'object' || state === null) refuse(label, 'what state() returned', show(state), 'type')
    if (state.map !== this.#map.name) refuse(`${label}.map`, show(this.#map.name), show(state.map))
    const { steps } = state
    if (!(Number.isSafeInteger(steps) && steps >= 0 && steps <= this.#most))
      refuse(`${label}.steps`, 'a number of steps of this learner', show(steps))
    const x = decodeFloats(state.x, Float64Array, this.#x.length, `${label}.x`)
    const saved = startAt(x, this.#map, this.#term, true, `${label}.x`)
    this.#x.set(saved)
    this.steps = steps
  }
}

const GRADIENT = 'lastIterate.step: gradient'

const isDense = (given: unknown, length: number): given is Float64Array =>
  given instanceof Float64Array && given.length === length
