import { number, oneOf, type Random } from '@opt/core'
import { REGULARIZERS, type Regularizer, type Step, stepOf } from '../ftrl.ts'
import { inner, inners, product, quadratics } from '../matrices.ts'
import type { LinearMdp } from '../worlds/linear-mdp.ts'
import type { Game, TableLearner } from './game.ts'
import { PLAY_OPTIONS, type Play, type PlayOptions, playing } from './play.ts'

/** What baselines share: one policy, and no exploration of their own. */
abstract class Baseline implements TableLearner {
  readonly policy: Float64Array
  readonly mdp: LinearMdp
  abstract readonly memory: Float64Array[]

  constructor(mdp: LinearMdp) {
    this.mdp = mdp
    this.policy = new Float64Array(mdp.horizon * mdp.states * mdp.actions).fill(1 / mdp.actions)
  }

  get played(): Float64Array {
    return this.policy
  }

  explore(): boolean {
    return false
  }

  abstract plan(): boolean
  abstract learn(game: Game, random: Random): void
}

/** Plays all actions with the same probability. */
export const uniform: Play<PlayOptions> = playing('uniform', PLAY_OPTIONS, (mdp) => new Uniform(mdp))

class Uniform extends Baseline {
  readonly memory: Float64Array[] = [this.policy]

  plan(): boolean {
    return false
  }

  learn(): void {}
}

/** Options of {@link tabular}. */
export interface TabularOptions extends PlayOptions {
  /** Default 'logBarrier'. */
  regularizer?: Regularizer
  learningRate: number
  /** gamma, positive. Default .001. */
  regularization?: number
}

/**
 * Plays follow the regularised leader on a table: the loss to go of the pair visited, divided by the probability of the
 * visit plus gamma. It uses no features, and the known transitions for that probability.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export const tabular: Play<TabularOptions> = playing(
  'tabular',
  [...PLAY_OPTIONS, 'regularizer', 'learningRate', 'regularization'],
  (mdp, { regularizer = 'logBarrier', learningRate, regularization = 0.001 }) => {
    oneOf(regularizer, 'regularizer', REGULARIZERS)
    number(learningRate, 'learningRate', { positive: true })
    number(regularization, 'regularization', { positive: true })
    return new Tabular(mdp, stepOf(regularizer), learningRate, regularization)
  },
)

class Tabular extends Baseline {
  readonly memory: Float64Array[]
  readonly #step: Step
  readonly #learningRate: number
  readonly #regularization: number
  readonly #cumulative: Float64Array

  constructor(mdp: LinearMdp, step: Step, learningRate: number, regularization: number) {
    super(mdp)
    this.#step = step
    this.#learningRate = learningRate
    this.#regularization = regularization
    this.#cumulative = new Float64Array(this.policy.length)
    this.memory = [this.#cumulative, this.policy]
  }

  plan(): boolean {
    const { actions: A } = this.mdp
    for (let at = 0; at < this.policy.length; at += A)
      this.#step(A, this.#cumulative, at, this.#learningRate, this.policy, at)
    return true
  }

  learn({ states, actions, lossToGo, occupancy }: Game): void {
    const { horizon: H, states: S, actions: A } = this.mdp
    for (let h = 0; h < H; h++) {
      const state = h * S + states[h]
      const row = state * A + actions[h]
      this.#cumulative[row] += lossToGo[h] / (occupancy[state] * this.policy[row] + this.#regularization)
    }
  }
}

/** Options of {@link lsvi}. */
export interface LsviOptions extends PlayOptions {
  /** The factor of the optimism, at least 0. Default .3. */
  ucb?: number
}

/**
 * Plays optimistic least-squares value iteration with known transitions: ridge regression of the losses observed
 * (lambda 1), less `ucb` standard deviations, at least 0, and the greedy policy of the dynamic program. The usual choice
 * for losses that do not change; against an adversary its regret is linear.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export const lsvi: Play<LsviOptions> = playing('lsvi', [...PLAY_OPTIONS, 'ucb'], (mdp, { ucb = 0.3 }) => {
  number(ucb, 'ucb', { nonnegative: true })
  return new Lsvi(mdp, ucb)
})

class Lsvi extends Baseline {
  readonly memory: Float64Array[]
  readonly #ucb: number
  /** (I + sum phi phi')^-1, H x d x d, and sum phi loss, H x d. */
  readonly #inverse: Float64Array
  readonly #sums: Float64Array
  readonly #weights: Float64Array
  readonly #values: Float64Array
  readonly #next: Float64Array
  /** Of the pairs of a layer: the loss, phi' G phi, and the cost of the layers after it. */
  readonly #losses: Float64Array
  readonly #squares: Float64Array
  readonly #costs: Float64Array

  constructor(mdp: LinearMdp, ucb: number) {
    super(mdp)
    const { horizon: H, states: S, actions: A, dimension: d } = mdp
    this.#ucb = ucb
    this.#inverse = new Float64Array(H * d * d)
    for (let i = 0; i < H * d; i++) this.#inverse[i * d + (i % d)] = 1
    this.#sums = new Float64Array(H * d)
    this.#weights = new Float64Array(d)
    this.#values = new Float64Array(S)
    this.#next = new Float64Array(d)
    this.#losses = new Float64Array(S * A)
    this.#squares = new Float64Array(S * A)
    this.#costs = new Float64Array(S * A)
    this.memory = [this.#inverse, this.#sums, this.policy]
  }

  plan(): boolean {
    const { horizon: H, states: S, actions: A, dimension: d, phi, nu } = this.mdp
    const ucb = this.#ucb
    const { policy } = this
    const inverse = this.#inverse
    const weights = this.#weights
    const values = this.#values
    const next = this.#next
    const losses = this.#losses
    const squares = this.#squares
    const costs = this.#costs
    next.fill(0)
    for (let h = H - 1; h >= 0; h--) {
      const rows = h * S * A * d
      product(d, inverse, h * d * d, this.#sums, h * d, weights, 0)
      inners(S * A, d, phi, rows, weights, 0, losses, 0)
      quadratics(S * A, d, inverse, h * d * d, phi, rows, squares, 0)
      if (h < H - 1) inners(d, S, nu, h * d * S, values, 0, next, 0)
      inners(S * A, d, phi, rows, next, 0, costs, 0)
      for (let x = 0; x < S; x++) {
        let best = x * A
        let least = Infinity
        for (let row = x * A; row < (x + 1) * A; row++) {
          // The square is negative by rounding at most.
          const loss = losses[row] - ucb * Math.sqrt(Math.max(squares[row], 0))
          const q = Math.max(loss, 0) + costs[row]
          policy[h * S * A + row] = 0
          if (q < least) {
            least = q
            best = row
          }
        }
        policy[h * S * A + best] = 1
        values[x] = least
      }
    }
    return true
  }

  learn({ states, actions, losses }: Game): void {
    const { horizon: H, states: S, actions: A, dimension: d, phi } = this.mdp
    const inverse = this.#inverse
    for (let h = 0; h < H; h++) {
      const row = ((h * S + states[h]) * A + actions[h]) * d
      const layer = h * d * d
      product(d, inverse, layer, phi, row, this.#weights, 0)
      const scale = 1 / (1 + inner(d, phi, row, this.#weights, 0))
      for (let i = 0; i < d; i++) {
        this.#sums[h * d + i] += phi[row + i] * losses[h]
        for (let j = 0; j < d; j++) inverse[layer + i * d + j] -= scale * this.#weights[i] * this.#weights[j]
      }
    }
  }
}
