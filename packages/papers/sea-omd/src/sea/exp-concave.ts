import { log, options as optionsOf, refuse } from '@opt/core'
import { descend, type Triangle } from '@opt/sets/parts'
import type { World } from '../bounds.ts'
import * as bounds from '../bounds.ts'
import { checkHasMetric } from '../domain.ts'
import { type Learner, type LearnerOptions, OnlineLearner } from '../learner.ts'
import { LONGEST, positive, positiveDiameter } from '../limits.ts'
import { RankOneMetric } from '../linear/rank-one-metric.ts'
import type { Meaning } from '../state.ts'

/** Options of {@link seaExpConcave}: alpha or beta. */
export interface SeaExpConcaveOptions extends LearnerOptions {
  /** Largest gradient norm. */
  G: number
  /** Every loss is alpha-exp-concave: exp(-alpha f) is concave. beta is then min(1 / (4 G D), alpha) / 2. */
  alpha?: number
  /** Overrides beta. A value above the theory's loses the guarantee, and is what works best in practice. */
  beta?: number
  /** Smoothness of the expected losses, for the bound. */
  L?: number
}

/** {@link seaExpConcave} and its measurements. */
export interface SeaExpConcave extends Learner {
  readonly beta: number
  readonly V: number
  /** Returns H_{t+1}, row-major. */
  metric(): Float64Array
  /**
   * Returns (16 d / beta) ln(1 + beta V / (8 d)) + (1 + beta G^2 / 2) D^2 / 2: the certificate never exceeds it
   * while no gradient is longer than G.
   */
  vBound(): number | undefined
}

/**
 * Optimistic online Newton for exp-concave losses, with H_t = (1 + beta G^2 / 2) I + (beta / 2) sum_{s<t} g_s
 * g_s':
 *
 *     xhat <- P^{H_t}(xhat - H_t^-1 g_t)
 *     x_{t+1} = P^{H_{t+1}}(xhat - H_{t+1}^-1 g_t)
 *
 * The certificate bounds sum [<g_t, x_t - u> - (beta / 2) <g_t, x_t - u>^2]; it is undefined once a gradient was
 * longer than G:
 *
 *     (1 + beta G^2 / 2) D^2 / 2 + 2 sum ||g_t - g_{t-1}||^2_{H_t^-1}
 *       - (1/2) sum (||x_t - xhat_t||^2 + ||xhat_{t+1} - x_t||^2)_{H_t}
 *
 * A round costs 3 d^2 operations, and O(d^3) when it leaves the domain (on a simplex, always).
 *
 * @throws RangeError when G, alpha, beta or L is not positive, neither alpha nor beta is given, or the domain is
 * a point or a product.
 * Source: Chen et al., JMLR 25(178), 2024, exp-concave functions.
 */
export function seaExpConcave(options: SeaExpConcaveOptions): SeaExpConcave {
  return new SeaExpConcaveLearner(
    optionsOf(options, 'seaExpConcave: options', ['G', 'alpha', 'beta', 'L', 'domain', 'start']),
  )
}

class SeaExpConcaveLearner extends OnlineLearner implements SeaExpConcave {
  readonly beta: number
  readonly #options: SeaExpConcaveOptions
  /** (1 + beta G^2 / 2) D^2 / 2. */
  readonly #first: number
  readonly #metric: RankOneMetric
  readonly #xhat: Float64Array
  readonly #previous: Float64Array
  /** H_t^-1 g_{t-1}. */
  readonly #hPrevious: Float64Array
  /** `away`: ||x_t - xhat_t||^2 in H_t; `projected`: 1 if x_t had to be projected, else 0. */
  protected readonly numbers = { V: 0, spent: 0, saved: 0, away: 0, projected: 0 }
  protected readonly meaning: Record<string, Meaning> = {
    V: 'nonnegative',
    spent: 'nonnegative',
    saved: 'nonnegative',
    away: 'nonnegative',
    projected: ([v]) => (v === 0 || v === 1 ? undefined : '0 or 1'),
    xhat: 'point',
    previous: 'gradient',
    triangle: (values, round) => this.#metric.faultOf(values, round, LONGEST),
  }

  constructor(options: SeaExpConcaveOptions) {
    const name = 'seaExpConcave'
    const { G, alpha, beta, L } = options
    super(name, options, positive(G, name, 'G'))
    checkHasMetric(this.domain, `${name}: domain`)
    const D = positiveDiameter(this.domain, name)
    if (alpha === undefined && beta === undefined) refuse(`${name}: alpha`, 'given when beta is not', 'undefined')
    if (alpha !== undefined) positive(alpha, name, 'alpha')
    if (L !== undefined) positive(L, name, 'L')
    this.beta = beta === undefined ? Math.min(1 / (4 * G * D), alpha!) / 2 : positive(beta, name, 'beta')
    const h0 = 1 + (this.beta * G * G) / 2
    this.#options = options
    this.#first = (h0 * D * D) / 2
    this.#metric = new RankOneMetric(this.x.length, Math.sqrt(h0), this.beta / 2)
    this.#xhat = this.space.copy(this.x)
    this.#previous = this.space.zeros()
    this.#hPrevious = this.space.zeros()
  }

  /** The triangle changes its place every round. */
  protected get arrays(): Record<string, Float64Array> {
    return {
      xhat: this.#xhat,
      previous: this.#previous,
      hPrevious: this.#hPrevious,
      triangle: this.#metric.triangle.data,
    }
  }

  get V(): number {
    return this.numbers.V
  }

  metric(): Float64Array {
    return this.#metric.full()
  }

  protected step(g: Float64Array): void {
    const { x, numbers: s } = this
    const H = this.#metric
    const [xhat, previous, hPrevious] = [this.#xhat, this.#previous, this.#hPrevious]
    const { h, before, square } = H.add(g)
    const change = squaredChange(g, previous, before, hPrevious)
    s.V += this.space.squaredDistance(g, previous)

    // The correction in the metric H_t.
    descend(xhat, 1, before, xhat)
    const corrected = this.#project(xhat, H.before)
    // Where nothing is projected, xhat_{t+1} - x_t is H_t^-1 (g_{t-1} - g_t).
    const back = corrected || s.projected === 1 ? H.squaredDistance(xhat, x, H.before) : change
    this.#account(change, back)

    // The play in the metric H_{t+1}.
    descend(xhat, 1, h, x)
    s.projected = this.#project(x, H.triangle) ? 1 : 0
    s.away = s.projected === 1 ? H.squaredDistance(x, xhat) : square
    previous.set(g)
    hPrevious.set(h)
  }

  #account(change: number, back: number): void {
    const s = this.numbers
    s.spent += 2 * change
    s.saved += (s.away + back) / 2
  }

  /** Projects y in a metric, and says whether it had to. */
  #project(y: Float64Array, metric: Triangle): boolean {
    if (this.domain.isInside(y)) return false
    this.domain.projectMetricInPlace(y, metric)
    return true
  }

  override certificate(): number | undefined {
    return this.violations > 0 ? undefined : this.#first + this.numbers.spent - this.numbers.saved
  }

  vBound(): number | undefined {
    const d16 = (16 * this.x.length) / this.beta
    return this.violations > 0 ? undefined : d16 * log(1 + this.numbers.V / (d16 / 2)) + this.#first
  }

  protected override boundIn(world: World): number | undefined {
    const { G, L, alpha } = this.#options
    const D = this.domain.diameter
    const proved = alpha !== undefined && this.beta <= Math.min(1 / (4 * G * D), alpha) / 2
    if (L === undefined || !proved || this.violations > 0) return undefined
    return bounds.expConcave({ ...world, G, L, D, beta: this.beta, dimension: this.x.length })
  }
}

/** ||g - previous||^2 in H^-1, from H^-1 g and H^-1 previous; rounding does not make it negative. */
function squaredChange(g: Float64Array, previous: Float64Array, h: Float64Array, hPrevious: Float64Array): number {
  let sum = 0
  for (let i = 0; i < g.length; i++) sum += (g[i] - previous[i]) * (h[i] - hPrevious[i])
  return Math.max(0, sum)
}
