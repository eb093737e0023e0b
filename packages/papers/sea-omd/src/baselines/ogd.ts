import { options as takeOptions } from '@opt/core'
import { type LearnerOptions, OnlineLearner, positive } from '../learner.ts'
import type { Meaning } from '../meaning.ts'
import type { Certified } from '../sea/convex.ts'

/**
 * Projected gradient descent with steps that never grow; sum <g_t, x_t - u> <= D^2 / (2 eta_T) + sum eta_t ||g_t||^2 / 2.
 * `squares` is sum ||g_s||^2, this round's included.
 */
class DescentLearner extends OnlineLearner implements Certified {
  readonly #stepSize: (round: number, squares: number) => number
  protected readonly numbers: { last: number; spent: number; squares: number } = { last: 0, spent: 0, squares: 0 }
  protected readonly arrays: Record<string, Float64Array> = {}

  protected readonly meaning: Record<string, Meaning> = {
    last: 'nonnegative',
    spent: 'nonnegative',
    squares: 'nonnegative',
  }

  constructor(name: string, options: LearnerOptions, stepSize: (round: number, squares: number) => number, G?: number) {
    super(name, options, G)
    this.#stepSize = stepSize
  }

  protected step(g: Float64Array, square: number): void {
    const s = this.numbers
    s.squares += square
    if (s.squares === 0) return
    s.last = this.#stepSize(this.round + 1, s.squares)
    s.spent += (s.last * square) / 2
    this.space.descend(this.x, s.last, g, this.x)
    this.domain.projectInPlace(this.x)
  }

  override certificate(): number {
    const { last, spent } = this.numbers
    const D = this.domain.diameter
    return last === 0 ? 0 : (D * D) / (2 * last) + spent
  }
}

/** Options of {@link ogd}. */
export interface OgdOptions extends LearnerOptions {
  /** Largest gradient norm. */
  G: number
}

/**
 * Online gradient descent, step D / (G sqrt t). The certificate D^2 / (2 eta_T) + sum eta_t ||g_t||^2 / 2 holds for any gradients.
 *
 * @throws RangeError when G is not positive.
 * Source: Zinkevich, ICML 2003.
 */
export function ogd(options: OgdOptions): Certified {
  const checked = takeOptions(options, 'ogd: options')
  const G = positive(checked.G, 'ogd', 'G')
  const D = checked.domain?.diameter
  return new DescentLearner('ogd', checked, (round) => D / (G * Math.sqrt(round)), G)
}

/** Options of {@link adagradNorm}. */
export interface AdagradNormOptions extends LearnerOptions {
  /** Default D / sqrt 2. */
  k?: number
}

/**
 * AdaGrad with one step for all coordinates, k / sqrt(sum ||g||^2); it stands still until a gradient is not zero.
 * The certificate is that of ogd.
 *
 * @throws RangeError when k is not positive.
 * Source: Streeter and McMahan, 2010.
 */
export function adagradNorm(options: AdagradNormOptions): Certified {
  const { k, domain } = takeOptions(options, 'adagradNorm: options')
  const scale = k === undefined ? domain?.diameter / Math.SQRT2 : positive(k, 'adagradNorm', 'k')
  return new DescentLearner('adagradNorm', options, (_, squares) => scale / Math.sqrt(squares))
}

class OgdStrongLearner extends OnlineLearner implements Certified {
  readonly #lambda: number
  protected readonly numbers: { spent: number } = { spent: 0 }
  protected readonly arrays: Record<string, Float64Array> = {}
  protected readonly meaning: Record<string, Meaning> = { spent: 'nonnegative' }

  constructor(options: OgdStrongOptions) {
    super('ogdStrong', options)
    this.#lambda = positive(options.lambda, 'ogdStrong', 'lambda')
  }

  protected step(g: Float64Array, square: number): void {
    const eta = 1 / (this.#lambda * (this.round + 1))
    this.numbers.spent += (eta * square) / 2
    this.space.descend(this.x, eta, g, this.x)
    this.domain.projectInPlace(this.x)
  }

  override certificate(): number {
    return this.numbers.spent
  }
}

/** Options of {@link ogdStrong}. */
export interface OgdStrongOptions extends LearnerOptions {
  /** Modulus of strong convexity. */
  lambda: number
}

/**
 * Online gradient descent for lambda-strongly convex losses, step 1 / (lambda t).
 * The certificate sum ||g_t||^2 / (2 lambda t) bounds sum [<g_t, x_t - u> - (lambda / 2) ||x_t - u||^2].
 *
 * @throws RangeError when lambda is not positive.
 * Source: Hazan, Agarwal and Kale, Machine Learning 69, 2007.
 */
export function ogdStrong(options: OgdStrongOptions): Certified {
  return new OgdStrongLearner(takeOptions(options, 'ogdStrong: options'))
}
