import { options as optionsOf, refuse } from '@opt/core'
import { checkHasMetric } from '../domain.ts'
import { type Certified, type LearnerOptions, OnlineLearner } from '../learner.ts'
import { LONGEST, positive, positiveDiameter } from '../limits.ts'
import { RankOneMetric } from '../linear/rank-one-metric.ts'
import type { Meaning } from '../state.ts'

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
  /** Returns A_t, row-major. */
  metric(): Float64Array
}

/**
 * Online Newton step: A_0 = I / (gamma D)^2, A_t = A_{t-1} + g_t g_t', x <- P^A(x - A^-1 g / gamma).
 * certificate() = (1 + sum g_t' A_t^-1 g_t) / (2 gamma) bounds sum [<g_t, x_t - u> - (gamma / 2) <g_t, x_t -
 * u>^2].
 *
 * @throws RangeError when gamma, G or alpha is not positive, gamma has neither a value nor a default, or the
 * domain is a point or a product.
 * Source: Hazan, Agarwal and Kale, Machine Learning 69, 2007.
 */
export function ons(options: OnsOptions): Ons {
  return new OnsLearner(optionsOf(options, 'ons: options', ['gamma', 'G', 'alpha', 'domain', 'start']))
}

class OnsLearner extends OnlineLearner implements Ons {
  readonly gamma: number
  readonly #metric: RankOneMetric
  protected readonly numbers = { spent: 0 }
  protected readonly meaning: Record<string, Meaning> = {
    spent: 'nonnegative',
    triangle: (values, round) => this.#metric.faultOf(values, round, LONGEST),
  }

  constructor(options: OnsOptions) {
    const { gamma, G, alpha } = options
    super('ons', options, G)
    checkHasMetric(this.domain, 'ons: domain')
    const D = positiveDiameter(this.domain, 'ons')
    if (alpha !== undefined) positive(alpha, 'ons', 'alpha')
    if (gamma === undefined && (G === undefined || alpha === undefined))
      refuse('ons: gamma', 'given when G or alpha is not', 'undefined')
    this.gamma = gamma === undefined ? Math.min(1 / (4 * G! * D), alpha!) / 2 : positive(gamma, 'ons', 'gamma')
    this.#metric = new RankOneMetric(this.x.length, 1 / (this.gamma * D), 1)
  }

  /** The triangle changes its place every round. */
  protected get arrays(): Record<string, Float64Array> {
    return { triangle: this.#metric.triangle.data }
  }

  metric(): Float64Array {
    return this.#metric.full()
  }

  protected step(g: Float64Array): void {
    const { x } = this
    const A = this.#metric
    const { h, square } = A.add(g)
    for (let i = 0; i < x.length; i++) x[i] -= h[i] / this.gamma
    if (!this.domain.isInside(x)) this.domain.projectMetricInPlace(x, A.triangle)
    this.numbers.spent += square
  }

  override certificate(): number {
    return (1 + this.numbers.spent) / (2 * this.gamma)
  }
}
