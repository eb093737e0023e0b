import { log, refuse, options as takeOptions } from '@opt/core'
import { bounds, type World } from '../bounds.ts'
import { type Learner, type LearnerOptions, OnlineLearner, positive } from '../learner.ts'
import { RankOneMetric } from '../linear/rank-one-metric.ts'
import type { Triangle } from '../linear/triangle.ts'
import type { Meaning } from '../meaning.ts'

/** Options of {@link seaExpConcave}: alpha or beta. */
export interface SeaExpConcaveOptions extends LearnerOptions {
  /** Largest gradient norm. */
  G: number
  /** Every loss is alpha-exp-concave: exp(-alpha f) is concave. beta is then min(1 / (4 G D), alpha) / 2. */
  alpha?: number
  /** Overrides beta. Above the theory's value it drops the guarantee, and is what one uses in practice. */
  beta?: number
  /** Smoothness of the expected losses, for the bound. */
  L?: number
}

/** {@link seaExpConcave} and what it measured. */
export interface SeaExpConcave extends Learner {
  readonly beta: number
  readonly V: number
  /** H_{t+1}, row-major. */
  metric(): Float64Array
  /** (16 d / beta) ln(1 + beta V / (8 d)) + (1 + beta G^2 / 2) D^2 / 2: the certificate never exceeds it while no gradient is longer than G. */
  vBound(): number | undefined
}

class SeaExpConcaveLearner extends OnlineLearner implements SeaExpConcave {
  readonly beta: number
  readonly #options: SeaExpConcaveOptions
  /** (1 + beta G^2 / 2) D^2 / 2. */
  readonly #first: number
  /** `away`: ||x_t - xhat_t||^2 in H_t; `projected`: whether x_t had to be projected. */
  protected readonly numbers: Record<'V' | 'spent' | 'saved' | 'away' | 'projected', number>
  protected readonly arrays: Record<'xhat' | 'previous' | 'hPrevious', Float64Array>
  protected readonly meaning: Record<string, Meaning> = {
    ...{ V: 'nonnegative', spent: 'nonnegative', saved: 'nonnegative', away: 'nonnegative' },
    projected: ([v]) => (v === 0 || v === 1 ? undefined : '0 or 1'),
    ...{ xhat: 'point', previous: 'gradient' },
  }
  protected override readonly part: RankOneMetric

  constructor(options: SeaExpConcaveOptions) {
    const name = 'seaExpConcave'
    const { G, alpha, beta, L } = options
    super(name, options, positive(G, name, 'G'))
    if (this.domain.kind === 'product') refuse(`${name}: domain`, 'a ball, box or simplex', 'a product')
    const [n, D] = [this.x.length, this.domain.diameter]
    if (D === 0) refuse(`${name}: domain`, 'of positive diameter', 'a single point')
    if (alpha === undefined && beta === undefined) refuse(`${name}: alpha`, 'given when beta is not', 'undefined')
    if (alpha !== undefined) positive(alpha, name, 'alpha')
    if (L !== undefined) positive(L, name, 'L')
    this.beta = beta === undefined ? Math.min(1 / (4 * G * D), alpha!) / 2 : positive(beta, name, 'beta')
    const h0 = 1 + (this.beta * G * G) / 2
    this.#options = options
    this.#first = (h0 * D * D) / 2
    this.part = new RankOneMetric(n, Math.sqrt(h0), this.beta / 2)
    this.numbers = { V: 0, spent: 0, saved: 0, away: 0, projected: 0 }
    this.arrays = { xhat: this.space.copy(this.x), previous: this.space.zeros(), hPrevious: this.space.zeros() }
  }

  get V(): number {
    return this.numbers.V
  }

  metric(): Float64Array {
    return this.part.full()
  }

  protected step(g: Float64Array): void {
    const { x, numbers: s, part: H } = this
    const { xhat, previous, hPrevious } = this.arrays
    const { h, square, left } = H.add(g)
    // ||g_t - g_{t-1}||^2 in H_t^-1, and the same number for ||xhat_{t+1} - x_t||^2 in H_t as long as nothing is projected.
    let change = 0
    for (let i = 0; i < g.length; i++) {
      const step = h[i] / left
      change += (g[i] - previous[i]) * (step - hPrevious[i])
      xhat[i] -= step
    }
    change = Math.max(0, change)
    s.V += this.space.squaredDistance(g, previous)
    s.spent += 2 * change
    const outside = this.#project(xhat, H.before)
    const back = outside || s.projected === 1 ? H.squaredDistance(xhat, x, H.before) : change
    s.saved += (s.away + back) / 2

    hPrevious.set(h)
    for (let i = 0; i < g.length; i++) x[i] = xhat[i] - h[i]
    s.projected = this.#project(x, H.triangle) ? 1 : 0
    s.away = s.projected === 1 ? H.squaredDistance(x, xhat) : square
    previous.set(g)
  }

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
    return bounds.expConcave({ ...world, ...{ G, L, D, beta: this.beta, dimension: this.x.length } })
  }
}

/**
 * Optimistic online Newton for exp-concave losses, with H_t = (1 + beta G^2 / 2) I + (beta / 2) sum_{s<t} g_s g_s':
 *
 *     xhat <- P^{H_t}(xhat - H_t^-1 g_t);  x_{t+1} = P^{H_{t+1}}(xhat - H_{t+1}^-1 g_t)
 *
 * certificate() = (1 + beta G^2 / 2) D^2 / 2 + 2 sum ||g_t - g_{t-1}||^2_{H_t^-1} - (1/2) sum (||x_t - xhat_t||^2 + ||xhat_{t+1} - x_t||^2)_{H_t}
 * bounds sum [<g_t, x_t - u> - (beta / 2) <g_t, x_t - u>^2]; it is undefined once a gradient was longer than G.
 * 3 d^2 operations a round, and O(d^3) in rounds that leave the domain (on a simplex, every round).
 *
 * @throws RangeError when G, alpha, beta or L is not positive, neither alpha nor beta is given, or the domain is a point or a product.
 * Source: Chen et al., JMLR 25(178), 2024, exp-concave functions.
 */
export function seaExpConcave(options: SeaExpConcaveOptions): SeaExpConcave {
  return new SeaExpConcaveLearner(takeOptions(options, 'seaExpConcave: options'))
}
