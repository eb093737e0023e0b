import { refuse } from '@opt/core'
import { type Certified, type LearnerOptions, OnlineLearner } from '../learner.ts'
import { positiveDiameter, squareLike } from '../limits.ts'
import type { Meaning } from '../state.ts'

/** Options of learners whose step adapts to the gradients. */
export interface AdaptiveOptions extends LearnerOptions {
  /** Largest gradient norm. Unknown: the certificate still holds, a bound does not. */
  G?: number
  /** Added under the root of the step. Default 10 D^2 L^2, with L = 0 when it is unknown or no option. */
  delta?: number
}

/**
 * The step size and the certificate that {@link seaConvex} and {@link seaImplicit} share. With m_t the guess of
 * g_t, V_t the sum of ||g_s - m_s||^2 to t, and eta_t = D / sqrt(delta + 4 G^2 + V_{t-1}),
 *
 *     sum <g_t, x_t - u> <= D^2 / (2 eta_T) + sum eta_t ||g_t - m_t||^2
 *       - sum (||x_t - xhat_t||^2 + ||xhat_{t+1} - x_t||^2) / (2 eta_t)
 */
export abstract class AdaptiveLearner extends OnlineLearner implements Certified {
  readonly delta: number
  /** delta + 4 G^2. */
  protected readonly base: number
  /**
   * `eta` is the step of the next round, `last` that of the round before; `spent` and `saved` are the
   * certificate's two sums.
   */
  protected readonly numbers: { V: number; eta: number; last: number; spent: number; saved: number }
  protected readonly meaning: Record<string, Meaning> = {
    V: 'nonnegative',
    eta: 'positive',
    last: 'positive',
    spent: 'nonnegative',
    saved: 'nonnegative',
    xhat: 'point',
    previous: 'gradient',
    guess: 'gradient',
  }

  constructor(name: string, options: AdaptiveOptions, L = 0) {
    const { G, delta } = options
    super(name, options, G)
    const D = positiveDiameter(this.domain, name)
    this.delta = delta === undefined ? 10 * D * D * L * L : squareLike(delta, name, 'delta')
    this.base = this.delta + 4 * (G ?? 0) * (G ?? 0)
    if (this.base === 0) refuse(`${name}: delta`, 'positive when G is not given', '0')
    const eta = D / Math.sqrt(this.base)
    this.numbers = { V: 0, eta, last: eta, spent: 0, saved: 0 }
  }

  get V(): number {
    return this.numbers.V
  }

  /** Adds eta ||g_t - m_t||^2 to the certificate's bound; eta is the step of this round. */
  protected spend(eta: number, change: number): void {
    this.numbers.spent += eta * change
    this.numbers.last = eta
  }

  /** Subtracts a squared distance / (2 eta) from it. */
  protected save(eta: number, square: number): void {
    this.numbers.saved += square / (2 * eta)
  }

  override certificate(): number {
    if (this.round === 0) return 0
    const { last, spent, saved } = this.numbers
    const D = this.domain.diameter
    return (D * D) / (2 * last) + spent - saved
  }
}
