import { options as optionsOf } from '@opt/core'
import type { World } from '../bounds.ts'
import * as bounds from '../bounds.ts'
import { type Certified, type LearnerOptions, OnlineLearner } from '../learner.ts'
import { positive } from '../limits.ts'
import type { Meaning } from '../state.ts'

/** Options of {@link seaStrong}. */
export interface SeaStrongOptions extends LearnerOptions {
  /** Modulus of strong convexity of the expected losses. */
  lambda: number
}

/**
 * Optimistic mirror descent for losses that are strongly convex and smooth in expectation, with eta_t = 2 /
 * (lambda t):
 *
 *     xhat <- P(xhat - eta_t g_t)
 *     x_{t+1} = P(xhat - eta_{t+1} g_t)
 *
 * The certificate bounds sum [<g_t, x_t - u> - (lambda / 2) ||x_t - u||^2], so the regret of lambda-strongly
 * convex losses:
 *
 *     lambda D^2 / 4 + (4 / lambda) sum ||g_t - g_{t-1}||^2 / t
 *       - sum (||x_t - xhat_t||^2 + ||xhat_{t+1} - x_t||^2) / (2 eta_t)
 *
 * @throws RangeError when lambda is not positive.
 * Source: Chen et al., JMLR 25(178), 2024, strongly convex functions.
 */
export function seaStrong(options: SeaStrongOptions): Certified {
  return new SeaStrongLearner(optionsOf(options, 'seaStrong: options', ['lambda', 'domain', 'start']))
}

class SeaStrongLearner extends OnlineLearner implements Certified {
  readonly #lambda: number
  /** The certificate's two sums. */
  protected readonly numbers: { spent: number; saved: number } = { spent: 0, saved: 0 }
  protected readonly arrays: { xhat: Float64Array; previous: Float64Array }
  protected readonly meaning: Record<string, Meaning> = {
    spent: 'nonnegative',
    saved: 'nonnegative',
    xhat: 'point',
    previous: 'gradient',
  }

  constructor(options: SeaStrongOptions) {
    super('seaStrong', options)
    this.#lambda = positive(options.lambda, 'seaStrong', 'lambda')
    this.arrays = { xhat: this.space.copy(this.x), previous: this.space.zeros() }
  }

  protected step(g: Float64Array): void {
    const { x, space } = this
    const { xhat, previous } = this.arrays
    const t = this.round + 1
    const eta = 2 / (this.#lambda * t)
    const change = space.squaredDistance(g, previous)
    const before = space.squaredDistance(x, xhat)

    // The correction with this step, then the play with the next.
    this.descend(xhat, eta, g, xhat)
    const after = space.squaredDistance(xhat, x)
    this.descend(xhat, 2 / (this.#lambda * (t + 1)), g, x)
    space.assign(g, previous)

    const s = this.numbers
    s.spent += change / t
    s.saved += before / (2 * eta)
    s.saved += after / (2 * eta)
  }

  override certificate(): number {
    const D = this.domain.diameter
    return (this.#lambda * D * D) / 4 + (4 / this.#lambda) * this.numbers.spent - this.numbers.saved
  }

  protected override boundIn(world: World): number | undefined {
    const { G, L, sigmaMax2, SigmaMax2 } = world
    if (G === undefined || L === undefined || sigmaMax2 === undefined || SigmaMax2 === undefined) return undefined
    return bounds.strong({ ...world, G, L, sigmaMax2, SigmaMax2, lambda: this.#lambda, D: this.domain.diameter })
  }
}
