import { refuse, options as takeOptions } from '@opt/core'
import { type LearnerOptions, OnlineLearner, positive } from '../learner.ts'
import { RankOneMetric } from '../linear/rank-one-metric.ts'
import type { Meaning } from '../meaning.ts'
import type { Certified } from '../sea/convex.ts'

/** Options of {@link ons}: gamma, or G and alpha. */
export interface OnsOptions extends LearnerOptions {
  /** Default min(1 / (4 G D), alpha) / 2. */
  gamma?: number
  /** Largest gradient norm. */
  G?: number
  /** Every loss is alpha-exp-concave. */
  alpha?: number
}

/** {@link ons} and its metric. */
export interface Ons extends Certified {
  readonly gamma: number
  /** A_t, row-major. */
  metric(): Float64Array
}

class OnsLearner extends OnlineLearner implements Ons {
  readonly gamma: number
  protected readonly numbers: { spent: number } = { spent: 0 }
  protected readonly arrays: Record<string, Float64Array> = {}
  protected readonly meaning: Record<string, Meaning> = { spent: 'nonnegative' }
  protected override readonly part: RankOneMetric

  constructor(options: OnsOptions) {
    const { gamma, G, alpha } = options
    super('ons', options, G === undefined ? Infinity : positive(G, 'ons', 'G'))
    if (this.domain.kind === 'product') refuse('ons: domain', 'a ball, box or simplex', 'a product')
    const D = this.domain.diameter
    if (D === 0) refuse('ons: domain', 'of positive diameter', 'a single point')
    if (alpha !== undefined) positive(alpha, 'ons', 'alpha')
    if (gamma === undefined && (G === undefined || alpha === undefined))
      refuse('ons: gamma', 'given when G or alpha is not', 'undefined')
    this.gamma = gamma === undefined ? Math.min(1 / (4 * G! * D), alpha!) / 2 : positive(gamma, 'ons', 'gamma')
    this.part = new RankOneMetric(this.x.length, 1 / (this.gamma * D), 1)
  }

  metric(): Float64Array {
    return this.part.full()
  }

  protected step(g: Float64Array): void {
    const { x, part: A } = this
    const { h, square } = A.add(g)
    this.numbers.spent += square
    for (let i = 0; i < x.length; i++) x[i] -= h[i] / this.gamma
    if (!this.domain.isInside(x)) this.domain.projectMetricInPlace(x, A.triangle)
  }

  override certificate(): number {
    return (1 + this.numbers.spent) / (2 * this.gamma)
  }
}

/**
 * Online Newton step: A_0 = I / (gamma D)^2, A_t = A_{t-1} + g_t g_t', x <- P^A(x - A^-1 g / gamma).
 * certificate() = (1 + sum g_t' A_t^-1 g_t) / (2 gamma) bounds sum [<g_t, x_t - u> - (gamma / 2) <g_t, x_t - u>^2].
 *
 * @throws RangeError when gamma, G or alpha is not positive, gamma cannot be worked out, or the domain is a point or a product.
 * Source: Hazan, Agarwal and Kale, Machine Learning 69, 2007.
 */
export function ons(options: OnsOptions): Ons {
  return new OnsLearner(takeOptions(options, 'ons: options'))
}
