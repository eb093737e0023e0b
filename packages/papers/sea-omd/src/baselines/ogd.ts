import { options as optionsOf } from '@opt/core'
import { type Certified, type LearnerOptions, OnlineLearner } from '../learner.ts'
import { positive } from '../limits.ts'
import type { Meaning } from '../state.ts'

/** Options of {@link ogd}. */
export interface OgdOptions extends LearnerOptions {
  /** Largest gradient norm. */
  G: number
}

/**
 * Online gradient descent, step D / (G sqrt t). The certificate D^2 / (2 eta_T) + sum eta_t ||g_t||^2 / 2 holds
 * for any gradients.
 *
 * @throws RangeError when G is not positive.
 * Source: Zinkevich, ICML 2003.
 */
export function ogd(options: OgdOptions): Certified {
  const checked = optionsOf(options, 'ogd: options', ['G', 'domain', 'start'])
  const G = positive(checked.G, 'ogd', 'G')
  return new DescentLearner('ogd', checked, (round, _, D) => D / (G * Math.sqrt(round)), G)
}

/** Options of {@link ogdStrong}. */
export interface OgdStrongOptions extends LearnerOptions {
  /** Modulus of strong convexity. */
  lambda: number
}

/**
 * Online gradient descent for lambda-strongly convex losses, step 1 / (lambda t). The certificate sum ||g_t||^2 /
 * (2 lambda t) bounds sum [<g_t, x_t - u> - (lambda / 2) ||x_t - u||^2].
 *
 * @throws RangeError when lambda is not positive.
 * Source: Hazan, Agarwal and Kale, Machine Learning 69, 2007.
 */
export function ogdStrong(options: OgdStrongOptions): Certified {
  return new OgdStrongLearner(optionsOf(options, 'ogdStrong: options', ['lambda', 'domain', 'start']))
}

/** The step of a round: `squares` is sum ||g_s||^2, this round's included, D the domain's diameter. */
type StepSize = (round: number, squares: number, D: number) => number

/**
 * Projected gradient descent with steps that never grow. Its certificate is sum <g_t, x_t - u> <= D^2 / (2 eta_T)
 * + sum eta_t ||g_t||^2 / 2.
 */
export class DescentLearner extends OnlineLearner implements Certified {
  readonly #stepSize: StepSize
  /** `last` is eta_t, 0 while all gradients were zero; `spent` is the certificate's sum. */
  protected readonly numbers: { last: number; spent: number; squares: number } = { last: 0, spent: 0, squares: 0 }
  protected readonly arrays: Record<string, Float64Array> = {}
  protected readonly meaning: Record<string, Meaning> = {
    last: 'nonnegative',
    spent: 'nonnegative',
    squares: 'nonnegative',
  }

  constructor(name: string, options: LearnerOptions, stepSize: StepSize, G?: number) {
    super(name, options, G)
    this.#stepSize = stepSize
  }

  protected step(g: Float64Array, square: number): void {
    const s = this.numbers
    s.squares += square
    if (s.squares === 0) return
    const eta = this.#stepSize(this.round + 1, s.squares, this.domain.diameter)
    this.descend(this.x, eta, g, this.x)
    s.last = eta
    s.spent += (eta * square) / 2
  }

  override certificate(): number {
    const { last, spent } = this.numbers
    const D = this.domain.diameter
    return last === 0 ? 0 : (D * D) / (2 * last) + spent
  }
}

class OgdStrongLearner extends OnlineLearner implements Certified {
  readonly #lambda: number
  protected readonly numbers = { spent: 0 }
  protected readonly arrays = {}
  protected readonly meaning: Record<string, Meaning> = { spent: 'nonnegative' }

  constructor(options: OgdStrongOptions) {
    super('ogdStrong', options)
    this.#lambda = positive(options.lambda, 'ogdStrong', 'lambda')
  }

  protected step(g: Float64Array, square: number): void {
    const eta = 1 / (this.#lambda * (this.round + 1))
    this.descend(this.x, eta, g, this.x)
    this.numbers.spent += (eta * square) / 2
  }

  override certificate(): number {
    return this.numbers.spent
  }
}
