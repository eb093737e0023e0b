import { exp, log, number, options as optionsOf, sum, vector } from '@opt/core'
import { descend, inner, squaredDistance } from '@opt/sets/parts'
import type { World } from '../bounds.ts'
import * as bounds from '../bounds.ts'
import { type Learner, type LearnerOptions, OnlineLearner } from '../learner.ts'
import { positive, positiveDiameter } from '../limits.ts'
import type { Meaning } from '../state.ts'
import { BasePool, poolSteps } from './base-pool.ts'

/** Options of {@link seaDynamic}. */
export interface SeaDynamicOptions extends LearnerOptions {
  /** Largest gradient norm. */
  G: number
  /** Smoothness of the expected losses. */
  L: number
  /** Rounds that the step sizes are chosen for. */
  horizon: number
}

/** {@link seaDynamic}, its pool and measurements. */
export interface SeaDynamic extends Learner {
  /** The step sizes eta_i of the base learners. */
  readonly pool: Float64Array
  /** Returns the weights p_i of the next round, as a fresh copy. */
  weights(): Float64Array
  /** The rate eps of the next round's weights. */
  readonly rate: number
  readonly V: number
  /** Whether it has gone on past its horizon: the bound no longer holds then, the certificate does. */
  readonly horizonExceeded: boolean
  /**
   * Returns the certificate against moving comparators with sum ||u_t - u_{t-1}|| <= `pathLength` (default 0: a
   * fixed one).
   */
  certificate(pathLength?: number): number
}

/**
 * A pool of optimistic gradient descents under a Hedge that sees the same single gradient: for comparators that
 * move. With c the domain's centre, lambda = 2 L, s_{t,i} = ||x_{t,i} - x_{t-1,i}||^2:
 *
 *     base i    xhat_i <- P(xhat_i - eta_i g_t);  x_{t+1,i} = P(xhat_i - eta_i g_t)
 *     loss      l_{t,i} = <g_t, x_{t,i} - c> + lambda s_{t,i}
 *     guess     m_{t+1,i} = <g_t, x_{t+1,i} - c> + lambda s_{t+1,i}
 *     weights   p_{t+1,i} ~ exp(-eps_{t+1} (sum_{s<=t} l_{s,i} + m_{t+1,i}))
 *     play      x_{t+1} = sum_i p_{t+1,i} x_{t+1,i}
 *
 * The certificate is ours; it holds for any gradients and comparators whose path is no longer than P:
 *
 *     min_i [sum <g_t, x_t - x_{t,i}> + (D^2 + 2 D P) / (2 eta_i) + eta_i V - saved_i]
 *     saved_i = sum (||x_{t,i} - xhat_{t,i}||^2 + ||xhat_{t+1,i} - x_{t,i}||^2) / (2 eta_i)
 *
 * A round costs O(N d), N logarithmic in the horizon.
 *
 * @throws RangeError when G or L is not positive, the horizon is no positive integer, or the domain is a point.
 * Source: Chen et al., JMLR 25(178), 2024, dynamic regret; structure of Sword++ (Zhao et al.), constants of PyNOL
 * and ours.
 */
export function seaDynamic(options: SeaDynamicOptions): SeaDynamic {
  return new SeaDynamicLearner(optionsOf(options, 'seaDynamic: options', ['G', 'L', 'horizon', 'domain', 'start']))
}

class SeaDynamicLearner extends OnlineLearner implements SeaDynamic {
  readonly #options: SeaDynamicOptions
  readonly #center: Float64Array
  readonly #base: BasePool
  /** played: sum <g_t, x_t>. */
  protected readonly numbers = { V: 0, rate: 0, played: 0 }
  /** losses: sum l_i; own: sum <g_t, x_{t,i}>; points, hats, moved and saved are those of the pool. */
  protected readonly arrays: Record<
    'points' | 'hats' | 'previous' | 'weights' | 'losses' | 'moved' | 'own' | 'saved',
    Float64Array
  >
  protected readonly meaning: Record<string, Meaning> = {
    V: 'nonnegative',
    rate: 'nonnegative',
    points: 'point',
    hats: 'point',
    previous: 'gradient',
    moved: 'nonnegative',
    saved: 'nonnegative',
    weights: (p) => (p.every((v) => v >= 0) && Math.abs(sum(p) - 1) < 1e-9 ? undefined : 'nonnegative and of sum 1'),
  }

  constructor(options: SeaDynamicOptions) {
    const name = 'seaDynamic'
    const { G, L, horizon } = options
    super(name, options, positive(G, name, 'G'))
    positive(L, name, 'L')
    number(horizon, `${name}: horizon`, { integer: true, min: 1 })
    const n = this.x.length
    const D = positiveDiameter(this.domain, name)
    this.#options = options
    this.#center = vector(this.domain.center(), `${name}: domain.center()`, { length: n })
    this.#base = new BasePool(this.domain, this.x, poolSteps(D, G, L, horizon))
    const { points, hats, moved, saved } = this.#base
    const N = this.pool.length
    const [losses, own] = [new Float64Array(N), new Float64Array(N)]
    const weights = new Float64Array(N).fill(1 / N)
    this.arrays = { points, hats, previous: new Float64Array(n), weights, losses, moved, own, saved }
    this.numbers.rate = this.#rate()
  }

  get pool(): Float64Array {
    return this.#base.steps
  }

  get V(): number {
    return this.numbers.V
  }

  get rate(): number {
    return this.numbers.rate
  }

  get horizonExceeded(): boolean {
    return this.round > this.#options.horizon
  }

  weights(): Float64Array {
    return this.arrays.weights.slice()
  }

  /** eps = min(1 / (8 D^2 L), sqrt(ln N / (D^2 (V + 4 G^2)))). */
  #rate(): number {
    const { G, L } = this.#options
    const D2 = this.domain.diameter * this.domain.diameter
    return Math.min(1 / (8 * D2 * L), Math.sqrt(log(this.pool.length) / (D2 * (this.numbers.V + 4 * G * G))))
  }

  protected step(g: Float64Array): void {
    const { x, numbers: s } = this
    const { previous, weights, losses, moved, own } = this.arrays
    const base = this.#base
    const lambda = 2 * this.#options.L
    const atCenter = inner(g, this.#center)
    s.V += squaredDistance(g, previous)
    s.played += inner(g, x)
    s.rate = this.#rate()
    for (let i = 0; i < weights.length; i++) {
      const point = base.point(i)
      const value = inner(g, point)
      own[i] += value
      losses[i] += value - atCenter + lambda * moved[i]
      base.descend(i, g)
      // The losses so far, and the guess of the next.
      weights[i] = -s.rate * (losses[i] + inner(g, point) - atCenter + lambda * moved[i])
    }
    softmax(weights)
    x.fill(0)
    for (let i = 0; i < weights.length; i++) descend(x, -weights[i], base.point(i), x)
    previous.set(g)
  }

  override certificate(pathLength = 0): number {
    number(pathLength, 'seaDynamic.certificate: pathLength', { nonnegative: true })
    if (this.round === 0) return 0
    const { V, played } = this.numbers
    const { own, saved } = this.arrays
    const D = this.domain.diameter
    let best = Infinity
    this.pool.forEach((eta, i) => {
      const bound = (D * D + 2 * D * pathLength) / (2 * eta) + eta * V - saved[i]
      best = Math.min(best, played - own[i] + bound)
    })
    return best
  }

  protected override boundIn(world: World): number | undefined {
    if (this.violations > 0 || this.horizonExceeded) return undefined
    const { G, L } = this.#options
    const { pathLength = 0 } = world
    return bounds.dynamic({ ...world, G, L, pathLength, D: this.domain.diameter, poolSize: this.pool.length })
  }
}

function softmax(weights: Float64Array): void {
  let top = -Infinity
  for (let i = 0; i < weights.length; i++) top = Math.max(top, weights[i])
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += weights[i] = exp(weights[i] - top)
  for (let i = 0; i < weights.length; i++) weights[i] /= sum
}
