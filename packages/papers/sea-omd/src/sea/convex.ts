import { options as optionsOf } from '@opt/core'
import type { World } from '../bounds.ts'
import * as bounds from '../bounds.ts'
import type { Certified } from '../learner.ts'
import { positive } from '../limits.ts'
import { AdaptiveLearner, type AdaptiveOptions } from './adaptive.ts'

/** Options of {@link seaConvex}. */
export interface SeaConvexOptions extends AdaptiveOptions {
  /** Smoothness of the expected losses. Unknown: the bound is void. */
  L?: number
}

/** {@link seaConvex} and its measurements. */
export interface SeaConvex extends Certified {
  /** V_t = sum ||g_s - g_{s-1}||^2, with g_0 = 0. */
  readonly V: number
  readonly delta: number
  /** The step of the next correction. */
  readonly stepSize: number
}

/**
 * Optimistic mirror descent for convex losses, smooth in expectation: the last gradient is the guess of the next.
 * With eta_t = D / sqrt(delta + 4 G^2 + V_{t-1}):
 *
 *     xhat <- P(xhat - eta_t g_t)
 *     V_t = V_{t-1} + ||g_t - g_{t-1}||^2
 *     x_{t+1} = P(xhat - eta_{t+1} g_t)
 *
 * The certificate holds for any gradients, also longer than G:
 *
 *     D^2 / (2 eta_T) + sum eta_t ||g_t - g_{t-1}||^2
 *       - sum (||x_t - xhat_t||^2 + ||xhat_{t+1} - x_t||^2) / (2 eta_t)
 *
 * A round costs O(d) and two projections.
 *
 * @throws RangeError when G or L is not positive, delta is negative, the domain is a point, or neither G nor
 * delta is given.
 * Source: Chen et al., JMLR 25(178), 2024, the step for convex functions.
 */
export function seaConvex(options: SeaConvexOptions): SeaConvex {
  return new SeaConvexLearner(optionsOf(options, 'seaConvex: options', ['L', 'G', 'delta', 'domain', 'start']))
}

class SeaConvexLearner extends AdaptiveLearner implements SeaConvex {
  readonly #options: SeaConvexOptions
  protected readonly arrays: { xhat: Float64Array; previous: Float64Array }

  constructor(options: SeaConvexOptions) {
    const { L } = options
    super('seaConvex', options, L === undefined ? 0 : positive(L, 'seaConvex', 'L'))
    this.#options = options
    this.arrays = { xhat: this.space.copy(this.x), previous: this.space.zeros() }
  }

  get stepSize(): number {
    return this.numbers.eta
  }

  protected step(g: Float64Array): void {
    const { x, space, numbers: s } = this
    const { xhat, previous } = this.arrays
    const { eta } = s
    const change = space.squaredDistance(g, previous)
    const before = space.squaredDistance(x, xhat)

    // The correction with the old step, then the play with the new one.
    this.descend(xhat, eta, g, xhat)
    const after = space.squaredDistance(xhat, x)
    s.V += change
    s.eta = this.domain.diameter / Math.sqrt(this.base + s.V)
    this.descend(xhat, s.eta, g, x)
    space.assign(g, previous)

    this.spend(eta, change)
    this.save(eta, before)
    this.save(eta, after)
  }

  protected override boundIn(world: World): number | undefined {
    const { G, L, delta } = this.#options
    if (G === undefined || L === undefined || delta !== undefined || this.violations > 0) return undefined
    return bounds.convex({ ...world, D: this.domain.diameter, G, L })
  }
}
