import { options as takeOptions } from '@opt/core'
import { bounds, type World } from '../bounds.ts'
import { type LearnerOptions, OnlineLearner, positive } from '../learner.ts'
import type { Meaning } from '../meaning.ts'
import type { Certified } from './convex.ts'

/** Options of {@link seaStrong}. */
export interface SeaStrongOptions extends LearnerOptions {
  /** Modulus of strong convexity of the expected losses. */
  lambda: number
}

class SeaStrongLearner extends OnlineLearner implements Certified {
  readonly #lambda: number
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
    const { x, domain, space, numbers: s } = this
    const { xhat, previous } = this.arrays
    const t = this.round + 1
    const eta = 2 / (this.#lambda * t)
    s.spent += space.squaredDistance(g, previous) / t
    s.saved += space.squaredDistance(x, xhat) / (2 * eta)
    space.descend(xhat, eta, g, xhat)
    domain.projectInPlace(xhat)
    s.saved += space.squaredDistance(xhat, x) / (2 * eta)

    space.descend(xhat, 2 / (this.#lambda * (t + 1)), g, x)
    domain.projectInPlace(x)
    previous.set(g)
  }

  override certificate(): number {
    const D = this.domain.diameter
    return (this.#lambda * D * D) / 4 + (4 / this.#lambda) * this.numbers.spent - this.numbers.saved
  }

  protected override boundIn(world: World): number | undefined {
    const { G, L, sigmaMax2, SigmaMax2 } = world
    if (G === undefined || L === undefined || sigmaMax2 === undefined || SigmaMax2 === undefined) return undefined
    return bounds.strong({
      ...world,
      ...{ G, L, sigmaMax2, SigmaMax2, lambda: this.#lambda, D: this.domain.diameter },
    })
  }
}

/**
 * Optimistic mirror descent for losses that are strongly convex and smooth in expectation, with eta_t = 2 / (lambda t):
 *
 *     xhat <- P(xhat - eta_t g_t);  x_{t+1} = P(xhat - eta_{t+1} g_t)
 *
 * certificate() = lambda D^2 / 4 + (4 / lambda) sum ||g_t - g_{t-1}||^2 / t - sum (||x_t - xhat_t||^2 + ||xhat_{t+1} - x_t||^2) / (2 eta_t)
 * bounds sum [<g_t, x_t - u> - (lambda / 2) ||x_t - u||^2], so the regret of lambda-strongly convex losses.
 *
 * @throws RangeError when lambda is not positive.
 * Source: Chen et al., JMLR 25(178), 2024, strongly convex functions.
 */
export function seaStrong(options: SeaStrongOptions): Certified {
  return new SeaStrongLearner(takeOptions(options, 'seaStrong: options'))
}
