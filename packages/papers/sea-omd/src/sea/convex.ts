import { refuse, options as takeOptions } from '@opt/core'
import { bounds, type World } from '../bounds.ts'
import { type Learner, type LearnerOptions, OnlineLearner, positive, squareLike } from '../learner.ts'
import type { Meaning } from '../meaning.ts'

/** Options of {@link seaConvex}. */
export interface SeaConvexOptions extends LearnerOptions {
  /** Largest gradient norm. Unknown: the certificate still holds, the bound does not. */
  G?: number
  /** Smoothness of the expected losses. Unknown: the bound is void. */
  L?: number
  /** Added under the root of the step. Default 10 D^2 L^2, or 0 when L is unknown. */
  delta?: number
}

/** A learner that can always say what its regret cannot exceed. */
export interface Certified extends Learner {
  certificate(): number
}

/** {@link seaConvex} and what it measured. */
export interface SeaConvex extends Certified {
  /** V_t = sum ||g_s - g_{s-1}||^2, with g_0 = 0. */
  readonly V: number
  readonly delta: number
  /** The step of the next correction. */
  readonly stepSize: number
}

class SeaConvexLearner extends OnlineLearner implements SeaConvex {
  readonly delta: number
  readonly #options: SeaConvexOptions
  readonly #base: number
  protected readonly numbers: { V: number; eta: number; last: number; spent: number; saved: number }
  protected readonly arrays: { xhat: Float64Array; previous: Float64Array }

  protected readonly meaning: Record<string, Meaning> = {
    V: 'nonnegative',
    eta: 'positive',
    last: 'positive',
    spent: 'nonnegative',
    saved: 'nonnegative',
    xhat: 'point',
    previous: 'gradient',
  }

  constructor(options: SeaConvexOptions) {
    const { G, L, delta } = options
    super('seaConvex', options, G === undefined ? Infinity : positive(G, 'seaConvex', 'G'))
    const D = this.domain.diameter
    if (D === 0) refuse('seaConvex: domain', 'of positive diameter', 'a single point')
    if (L !== undefined) positive(L, 'seaConvex', 'L')
    this.delta = delta === undefined ? 10 * D * D * (L ?? 0) * (L ?? 0) : squareLike(delta, 'seaConvex', 'delta')
    this.#options = options
    this.#base = this.delta + 4 * (G ?? 0) * (G ?? 0)
    if (this.#base === 0) refuse('seaConvex: delta', 'positive when G is not given', '0')
    const eta = D / Math.sqrt(this.#base)
    this.numbers = { V: 0, eta, last: eta, spent: 0, saved: 0 }
    this.arrays = { xhat: this.space.copy(this.x), previous: this.space.zeros() }
  }

  get V(): number {
    return this.numbers.V
  }

  get stepSize(): number {
    return this.numbers.eta
  }

  protected step(g: Float64Array): void {
    const { x, domain, space, numbers: s } = this
    const { xhat, previous } = this.arrays
    const change = space.squaredDistance(g, previous)
    s.V += change
    s.spent += s.eta * change
    s.saved += space.squaredDistance(x, xhat) / (2 * s.eta)
    space.descend(xhat, s.eta, g, xhat)
    domain.projectInPlace(xhat)
    s.saved += space.squaredDistance(xhat, x) / (2 * s.eta)

    s.last = s.eta
    s.eta = domain.diameter / Math.sqrt(this.#base + s.V)
    space.descend(xhat, s.eta, g, x)
    domain.projectInPlace(x)
    space.assign(g, previous)
  }

  override certificate(): number {
    if (this.round === 0) return 0
    const { last, spent, saved } = this.numbers
    const D = this.domain.diameter
    return (D * D) / (2 * last) + spent - saved
  }

  protected override boundIn(world: World): number | undefined {
    const { G, L, delta } = this.#options
    if (G === undefined || L === undefined || delta !== undefined || this.violations > 0) return undefined
    return bounds.convex({ ...world, D: this.domain.diameter, G, L })
  }
}

/**
 * Optimistic mirror descent for convex losses, smooth in expectation: the last gradient is the guess of the next.
 * With eta_t = D / sqrt(delta + 4 G^2 + V_{t-1}):
 *
 *     xhat <- P(xhat - eta_t g_t);  V_t = V_{t-1} + ||g_t - g_{t-1}||^2;  x_{t+1} = P(xhat - eta_{t+1} g_t)
 *
 * certificate() = D^2 / (2 eta_T) + sum eta_t ||g_t - g_{t-1}||^2 - sum (||x_t - xhat_t||^2 + ||xhat_{t+1} - x_t||^2) / (2 eta_t)
 * holds for any gradients, whatever G and L. O(d) and two projections a round.
 *
 * @throws RangeError when G or L is not positive, delta is negative, the domain is a point, or neither G nor delta is given.
 * Source: Chen et al., JMLR 25(178), 2024, the step for convex functions.
 */
export function seaConvex(options: SeaConvexOptions): SeaConvex {
  return new SeaConvexLearner(takeOptions(options, 'seaConvex: options'))
}
