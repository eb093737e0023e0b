import { number, oneOf, type Random, refuse } from '@opt/core'
import { geometricInto, geometricSize } from '../estimation/covariance.ts'
import { bonusInto, dilateByDraws, dilateInto } from '../estimation/dilated-bonus.ts'
import { ESTIMATORS, type Estimator, liftInto, plainInto, reduceInto } from '../estimation/estimators.ts'
import { REGULARIZERS, type Regularizer, type Step, stepOf } from '../ftrl.ts'
import { addOuter, invertSymmetric, product, tooSmall } from '../matrices.ts'
import { covarianceInto, playInto } from '../worlds/dynamics.ts'
import type { LinearMdp } from '../worlds/linear-mdp.ts'
import type { Game, TableLearner } from './game.ts'
import { PLAY_OPTIONS, type Play, type PlayOptions, playing } from './play.ts'

/** Options of {@link withSimulator}. */
export interface WithSimulatorOptions extends PlayOptions {
  /** Default 'logBarrier'. */
  regularizer?: Regularizer
  /** Default 'plain' with the log barrier, 'magnitudeReduced' with the entropy. */
  estimator?: Estimator
  /**
   * Where the inverse covariance comes from: the model ('exact', the default), or trajectories simulated in each
   * episode, inverted directly or by matrix geometric resampling.
   */
  covariance?: 'exact' | 'direct' | 'geometric'
  /** The trajectories simulated in each episode. Default 100. */
  samples?: number
  /** The samples of each chain of 'geometric'. Default: that of `geometricSize`, or `samples` if it is less. */
  chain?: number
  /** The dilated bonus by the model ('exact', the default) or by one draw for each pair ('sampled'). */
  bonus?: 'exact' | 'sampled'
  /** eta, positive. */
  learningRate: number
  /** The factor of the bonus, at least 0. */
  beta: number
  /** gamma, positive. */
  regularization: number
}

/**
 * Plays follow the regularised leader on estimates of the cost to go with a simulator: the paper's first algorithm
 * with the log barrier and the plain estimator, its second with the entropy and the magnitude-reduced one. The entropy
 * with the plain estimator and gamma = eta H is the baseline of 2021.
 *
 * ```ts
 * const { regret } = withSimulator(mdp, adversaries.counter(5), {
 *   episodes: 4000,
 *   ...practicalParameters({ algorithm: 'logBarrier', episodes: 4000 }),
 * })
 * ```
 *
 * @throws TypeError or RangeError when an argument is wrong, or a loss is outside [0, 1].
 */
export const withSimulator: Play<WithSimulatorOptions> = playing(
  'withSimulator',
  [
    ...PLAY_OPTIONS,
    'regularizer',
    'estimator',
    'covariance',
    'samples',
    'chain',
    'bonus',
    'learningRate',
    'beta',
    'regularization',
  ],
  (mdp, options) => new SimulatorLearner(mdp, checked(options)),
)

type Settings = Required<Omit<WithSimulatorOptions, keyof PlayOptions>>

function checked({
  regularizer = 'logBarrier',
  estimator = regularizer === 'logBarrier' ? 'plain' : 'magnitudeReduced',
  covariance = 'exact',
  samples = 100,
  chain,
  bonus = 'exact',
  learningRate,
  beta,
  regularization,
}: WithSimulatorOptions): Settings {
  oneOf(regularizer, 'regularizer', REGULARIZERS)
  oneOf(estimator, 'estimator', ESTIMATORS)
  oneOf(covariance, 'covariance', ['exact', 'direct', 'geometric'])
  oneOf(bonus, 'bonus', ['exact', 'sampled'])
  number(samples, 'samples', { integer: true, min: 1, max: 1e7 })
  number(learningRate, 'learningRate', { positive: true })
  number(beta, 'beta', { nonnegative: true })
  number(regularization, 'regularization', { positive: true })
  const steps = chain ?? Math.min(samples, geometricSize({ regularization }).chain)
  number(steps, 'chain', { integer: true, min: 1 })
  if (covariance === 'geometric' && steps > samples) refuse('chain', `at most the ${samples} samples`, String(steps))
  return { regularizer, estimator, covariance, samples, chain: steps, bonus, learningRate, beta, regularization }
}

class SimulatorLearner implements TableLearner {
  readonly policy: Float64Array
  readonly memory: Float64Array[]
  readonly #mdp: LinearMdp
  readonly #settings: Settings
  readonly #step: Step
  /** C = sum (Qhat - B), H x S x A. */
  readonly #cumulative: Float64Array
  readonly #estimate: Float64Array
  readonly #bonus: Float64Array
  /** G_h, H x d x d. */
  readonly #inverse: Float64Array
  /** G phi(y, b) for all pairs of a layer or for all samples, and the features of the samples, H x n x d. */
  readonly #images: Float64Array
  readonly #samples: Float64Array
  readonly #scratch: Float64Array
  readonly #v: Float64Array
  readonly #values: Float64Array
  readonly #states: Int32Array
  readonly #actions: Int32Array

  constructor(mdp: LinearMdp, settings: Settings) {
    const { horizon: H, states: S, actions: A, dimension: d } = mdp
    const simulated = settings.covariance === 'exact' ? 0 : settings.samples
    this.#mdp = mdp
    this.#settings = settings
    this.#step = stepOf(settings.regularizer)
    this.policy = new Float64Array(H * S * A)
    this.#cumulative = new Float64Array(H * S * A)
    this.#estimate = new Float64Array(H * S * A)
    this.#bonus = new Float64Array(H * S * A)
    this.#inverse = new Float64Array(H * d * d)
    this.#images = new Float64Array(S * A * d)
    this.#samples = new Float64Array(H * simulated * d)
    this.#scratch = new Float64Array(d * d + d)
    this.#v = new Float64Array(d)
    this.#values = new Float64Array(S)
    this.#states = new Int32Array(H)
    this.#actions = new Int32Array(H)
    this.memory = [this.#cumulative, this.policy]
  }

  get played(): Float64Array {
    return this.policy
  }

  explore(): boolean {
    return false
  }

  /** pi_k(. | x) minimises eta <p, C(x, .)> + Psi(p). */
  plan(): boolean {
    const { horizon: H, states: S, actions: A } = this.#mdp
    const { learningRate } = this.#settings
    const C = this.#cumulative
    for (let at = 0; at < H * S * A; at += A) this.#step(A, C, at, learningRate, this.policy, at)
    return true
  }

  /** C += Qhat - B. */
  learn(game: Game, random: Random): void {
    const { beta } = this.#settings
    this.#invertCovariance(game, random)
    this.#estimateCosts(game)
    if (beta > 0) this.#addBonus(random)
    const C = this.#cumulative
    const Q = this.#estimate
    const B = this.#bonus
    for (let i = 0; i < C.length; i++) C[i] += Q[i] - B[i]
  }

  #invertCovariance({ occupancy }: Game, random: Random): void {
    const mdp = this.#mdp
    const { horizon: H, dimension: d } = mdp
    const { covariance, samples: n, chain, regularization } = this.#settings
    const G = this.#inverse
    if (covariance !== 'exact') this.#simulate(random)
    if (covariance === 'geometric') {
      for (let h = 0; h < H; h++)
        geometricInto(this.#samples, h * n * d, n, d, chain, regularization, G, h * d * d, this.#scratch)
      return
    }
    if (covariance === 'exact') covarianceInto(mdp, this.policy, occupancy, G)
    else {
      G.fill(0)
      for (let k = 0; k < H * n; k++) addOuter(d, 1 / n, this.#samples, k * d, G, Math.floor(k / n) * d * d)
    }
    for (let h = 0; h < H; h++) {
      for (let i = 0; i < d; i++) G[(h * d + i) * d + i] += regularization
      if (!invertSymmetric(d, G, G, h * d * d, this.#scratch)) tooSmall('regularization')
    }
  }

  #simulate(random: Random): void {
    const mdp = this.#mdp
    const { horizon: H, states: S, actions: A, dimension: d, phi } = mdp
    const n = this.#settings.samples
    for (let k = 0; k < n; k++) {
      playInto(mdp, this.policy, random, this.#states, this.#actions)
      for (let h = 0; h < H; h++) {
        const row = ((h * S + this.#states[h]) * A + this.#actions[h]) * d
        for (let i = 0; i < d; i++) this.#samples[(h * n + k) * d + i] = phi[row + i]
      }
    }
  }

  #estimateCosts({ states, actions, lossToGo, occupancy }: Game): void {
    const { horizon: H, states: S, actions: A, dimension: d, phi } = this.#mdp
    const { estimator, covariance, samples } = this.#settings
    const pairs = S * A
    const Q = this.#estimate
    const G = this.#inverse
    const v = this.#v
    for (let h = 0; h < H; h++) {
      const layer = h * pairs
      product(d, G, h * d * d, phi, (layer + states[h] * A + actions[h]) * d, v, 0)
      plainInto(pairs, d, phi, layer * d, v, lossToGo[h], Q, layer)
      if (estimator === 'plain') continue
      reduceInto(pairs, d, phi, layer * d, v, H - h, Q, layer)
      if (covariance === 'exact') this.#lift(h, occupancy)
      else
        for (let k = 0; k < samples; k++) {
          product(d, G, h * d * d, this.#samples, (h * samples + k) * d, v, 0)
          liftInto(pairs, d, phi, layer * d, v, 0, (H - h) / samples, Q, layer)
        }
    }
  }

  /** Adds R_h E min(phi(x, a)' G phi(y, b), 0) over the pairs (y, b) of the policy; G is symmetric: each product once. */
  #lift(h: number, occupancy: Float64Array): void {
    const { horizon: H, states: S, actions: A, dimension: d, phi } = this.#mdp
    const policy = this.policy
    const Q = this.#estimate
    const images = this.#images
    const first = h * S * A
    for (let k = 0; k < S * A; k++) {
      product(d, this.#inverse, h * d * d, phi, (first + k) * d, images, k * d)
      const wk = (H - h) * occupancy[h * S + Math.floor(k / A)] * policy[first + k]
      let sum = 0
      for (let j = 0; j < k; j++) {
        let u = 0
        for (let i = 0; i < d; i++) u += phi[(first + j) * d + i] * images[k * d + i]
        if (u >= 0) continue
        Q[first + j] += wk * u
        sum += occupancy[h * S + Math.floor(j / A)] * policy[first + j] * u
      }
      Q[first + k] += (H - h) * sum
    }
  }

  #addBonus(random: Random): void {
    const { beta, bonus } = this.#settings
    bonusInto(this.#mdp, this.policy, this.#inverse, beta, this.#bonus)
    if (bonus === 'sampled') dilateByDraws(this.#mdp, this.policy, random, this.#bonus)
    else dilateInto(this.#mdp, this.policy, this.#bonus, this.#values, this.#v)
  }
}
