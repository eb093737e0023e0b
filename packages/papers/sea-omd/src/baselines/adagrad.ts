import { options as optionsOf } from '@opt/core'
import type { Box } from '@opt/sets'
import { checkBounds, largest } from '@opt/sets/parts'
import { type Certified, type LearnerOptions, OnlineLearner } from '../learner.ts'
import { positive } from '../limits.ts'
import type { Meaning } from '../state.ts'
import { DescentLearner } from './ogd.ts'

/** Options of {@link adagradNorm}. */
export interface AdagradNormOptions extends LearnerOptions {
  /** Default D / sqrt 2. */
  k?: number
}

/**
 * AdaGrad with one step for all coordinates, k / sqrt(sum ||g||^2); the first nonzero gradient makes the first
 * move. The certificate is that of {@link ogd}.
 *
 * @throws RangeError when k is not positive.
 * Source: Streeter and McMahan, 2010.
 */
export function adagradNorm(options: AdagradNormOptions): Certified {
  const { k } = optionsOf(options, 'adagradNorm: options', ['k', 'domain', 'start'])
  if (k !== undefined) positive(k, 'adagradNorm', 'k')
  return new DescentLearner('adagradNorm', options, (_, squares, D) => (k ?? D / Math.SQRT2) / Math.sqrt(squares))
}

/** Options of {@link adagradDiagonal}. */
export interface AdagradDiagonalOptions extends LearnerOptions {
  domain: Box
  /** Default: the longest side / sqrt 2. */
  k?: number
}

/**
 * AdaGrad with a step for each coordinate, k / sqrt(sum g_i^2), on a box. certificate() = sum_i side_i^2 / (2
 * eta_{T,i}) + sum_t sum_i eta_{t,i} g_{t,i}^2 / 2 holds for any gradients.
 *
 * @throws RangeError when the domain is no box or k is not positive.
 * Source: Duchi, Hazan and Singer, JMLR 12, 2011; McMahan and Streeter, COLT 2010.
 */
export function adagradDiagonal(options: AdagradDiagonalOptions): Certified {
  return new AdagradDiagonalLearner(optionsOf(options, 'adagradDiagonal: options', ['domain', 'k', 'start']))
}

class AdagradDiagonalLearner extends OnlineLearner implements Certified {
  readonly #k: number
  readonly #sides: Float64Array
  protected readonly numbers = { spent: 0 }
  protected readonly arrays: { squares: Float64Array }
  protected readonly meaning: Record<string, Meaning> = { spent: 'nonnegative', squares: 'nonnegative' }

  constructor(options: AdagradDiagonalOptions) {
    super('adagradDiagonal', options)
    const { domain, k } = options
    const [lower, upper] = checkBounds(domain, 'adagradDiagonal: domain')
    this.#sides = upper.map((v, i) => v - lower[i])
    this.#k = k === undefined ? largest(this.#sides) / Math.SQRT2 : positive(k, 'adagradDiagonal', 'k')
    this.arrays = { squares: new Float64Array(this.x.length) }
  }

  protected step(g: Float64Array): void {
    const { x } = this
    const { squares } = this.arrays
    for (let i = 0; i < x.length; i++) {
      if (g[i] === 0) continue
      squares[i] += g[i] * g[i]
      // A square may underflow to 0.
      if (squares[i] === 0) continue
      const eta = this.#k / Math.sqrt(squares[i])
      x[i] -= eta * g[i]
      this.numbers.spent += (eta * g[i] * g[i]) / 2
    }
    this.domain.projectInPlace(x)
  }

  override certificate(): number {
    const { squares } = this.arrays
    let first = 0
    for (let i = 0; i < squares.length; i++)
      first += (this.#sides[i] * this.#sides[i] * Math.sqrt(squares[i])) / (2 * this.#k)
    return first + this.numbers.spent
  }
}
