import { options as optionsOf, refuse } from '@opt/core'
import { largest } from '@opt/sets/parts'
import type { World } from '../bounds.ts'
import * as bounds from '../bounds.ts'
import { type Learner, type LearnerOptions, OnlineLearner } from '../learner.ts'
import { LONGEST, positive, positiveDiameter } from '../limits.ts'
import type { Meaning } from '../state.ts'

/** Options of {@link oftrl}: nu, or G and L. */
export interface OftrlOptions extends LearnerOptions {
  /** Default L D^2 + D G. */
  nu?: number
  G?: number
  L?: number
}

/** {@link oftrl} and its step. */
export interface Oftrl extends Learner {
  readonly nu: number
  /** eta of the next round. */
  readonly stepSize: number
}

/**
 * Optimistic follow-the-regularised-leader of Sachs et al. (NeurIPS 2022): with c the start, eta_t = D^2 / (nu +
 * sum_{s<t} eta_s ||g_s - g_{s-1}||^2) and the regulariser ||x - c||^2 / eta_t (twice the usual),
 *
 *     x_t = P(c - (eta_t / 2)(sum_{s<t} g_s + g_{t-1})).
 *
 * @throws RangeError when nu, G or L is not positive, neither nu nor both of G and L are given, or the domain is
 * a point.
 */
export function oftrl(options: OftrlOptions): Oftrl {
  return new OftrlLearner(optionsOf(options, 'oftrl: options', ['nu', 'G', 'L', 'domain', 'start']))
}

class OftrlLearner extends OnlineLearner implements Oftrl {
  readonly nu: number
  readonly #options: OftrlOptions
  readonly #center: Float64Array
  protected readonly numbers: { eta: number; weighted: number }
  /** total: the sum of all gradients. */
  protected readonly arrays: { total: Float64Array; previous: Float64Array }
  protected readonly meaning: Record<string, Meaning> = {
    eta: 'nonnegative',
    weighted: 'nonnegative',
    total: sumOfGradients,
    previous: 'gradient',
  }

  constructor(options: OftrlOptions) {
    const { nu, G, L } = options
    super('oftrl', options, G)
    if (L !== undefined) positive(L, 'oftrl', 'L')
    const D = positiveDiameter(this.domain, 'oftrl')
    if (nu === undefined && (G === undefined || L === undefined))
      refuse('oftrl: nu', 'given when G or L is not', 'undefined')
    this.nu = nu === undefined ? L! * D * D + D * G! : positive(nu, 'oftrl', 'nu')
    this.#options = options
    this.#center = this.x.slice()
    this.numbers = { eta: (D * D) / this.nu, weighted: 0 }
    this.arrays = { total: this.space.zeros(), previous: this.space.zeros() }
  }

  get stepSize(): number {
    return this.numbers.eta
  }

  protected step(g: Float64Array): void {
    const { x, domain, numbers: s } = this
    const { total, previous } = this.arrays
    const D = domain.diameter
    s.weighted += s.eta * this.space.squaredDistance(g, previous)
    s.eta = (D * D) / (this.nu + s.weighted)
    for (let i = 0; i < x.length; i++) {
      total[i] += g[i]
      x[i] = this.#center[i] - (s.eta / 2) * (total[i] + g[i])
    }
    domain.projectInPlace(x)
    previous.set(g)
  }

  protected override boundIn(world: World): number | undefined {
    const { G = world.G, L = world.L } = this.#options
    if (G === undefined || L === undefined || this.violations > 0) return undefined
    return bounds.oftrl({ ...world, G, L, nu: this.nu, D: this.domain.diameter })
  }
}

/** Options of {@link oftl}. */
export interface OftlOptions extends LearnerOptions {
  /** Modulus of strong convexity. */
  mu: number
}

/**
 * Optimistic follow-the-leader of Sachs et al. (NeurIPS 2022) for mu-strongly convex losses: x_{t+1} =
 * P((1/t)(sum_{s<=t} x_s - (sum_{s<=t} g_s + g_t) / mu)).
 *
 * @throws RangeError when mu is not positive.
 */
export function oftl(options: OftlOptions): Learner {
  return new OftlLearner(optionsOf(options, 'oftl: options', ['mu', 'domain', 'start']))
}

class OftlLearner extends OnlineLearner {
  readonly #mu: number
  protected readonly numbers: Record<string, number> = {}
  /** The sums of the points played and of all gradients. */
  protected readonly arrays: { points: Float64Array; total: Float64Array }
  protected readonly meaning: Record<string, Meaning> = {
    points: (sums, round) =>
      (round === 0 ? largest(sums) === 0 : this.domain.contains(sums.map((v) => v / round)))
        ? undefined
        : `the sum of ${round} points of the ${this.domain.kind}`,
    total: sumOfGradients,
  }

  constructor(options: OftlOptions) {
    super('oftl', options)
    this.#mu = positive(options.mu, 'oftl', 'mu')
    this.arrays = { points: new Float64Array(this.x.length), total: new Float64Array(this.x.length) }
  }

  protected step(g: Float64Array): void {
    const { x } = this
    const { points, total } = this.arrays
    const t = this.round + 1
    for (let i = 0; i < x.length; i++) {
      points[i] += x[i]
      total[i] += g[i]
      x[i] = (points[i] - (total[i] + g[i]) / this.#mu) / t
    }
    this.domain.projectInPlace(x)
  }

  protected override boundIn(world: World): number | undefined {
    const { L, sigmaMax2, SigmaMax2 } = world
    if (L === undefined || sigmaMax2 === undefined || SigmaMax2 === undefined || this.round === 0) return undefined
    const mu = this.#mu
    return bounds.oftl({ mu, D: this.domain.diameter, L, sigmaMax2, SigmaMax2, rounds: this.round })
  }
}

/** Says what a saved sum of gradients must be, when it is not. */
const sumOfGradients = (total: Float64Array, round: number) =>
  largest(total) <= round * LONGEST * (1 + 1e-9) ? undefined : `the sum of ${round} gradients`
