import type { Random } from '@opt/core'
import { geometricInto } from '../estimation/covariance.ts'
import { bonusInto, dilateByDraws, dilateInto } from '../estimation/dilated-bonus.ts'
import { costsInto, type Estimator, liftInto } from '../estimation/estimators.ts'
import { type Regularizer, type Step, stepOf } from '../ftrl.ts'
import { addOuter, inners, invertSymmetric, product, tooSmall } from '../matrices.ts'
import { covarianceInto, playInto } from '../worlds/dynamics.ts'
import type { LinearMdp } from '../worlds/linear-mdp.ts'
import type { Game, TableLearner } from './game.ts'

/** The options of `withSimulator`, checked and complete. */
export interface SimulatorSettings {
  regularizer: Regularizer
  estimator: Estimator
  covariance: 'exact' | 'direct' | 'geometric'
  samples: number
  chain: number
  bonus: 'exact' | 'sampled'
  learningRate: number
  beta: number
  regularization: number
}

/** The first and second algorithm: each episode plan, play, invert, estimate, add the bonus. */
export class SimulatorLearner implements TableLearner {
  readonly policy: Float64Array
  readonly memory: Float64Array[]
  readonly #mdp: LinearMdp
  readonly #settings: SimulatorSettings
  readonly #step: Step
  /** C = sum (Qhat - B), H x S x A. */
  readonly #cumulative: Float64Array
  readonly #estimate: Float64Array
  readonly #bonus: Float64Array
  /** G_h, H x d x d. */
  readonly #inverse: Float64Array
  /** The features of the samples, H x n x d. */
  readonly #samples: Float64Array
  /** The probabilities of the pairs of a layer, times R. */
  readonly #weights: Float64Array
  /** phi' G phi of the pairs of a layer with one of them. */
  readonly #products: Float64Array
  readonly #scratch: Float64Array
  readonly #v: Float64Array
  readonly #values: Float64Array
  readonly #states: Int32Array
  readonly #actions: Int32Array

  constructor(mdp: LinearMdp, settings: SimulatorSettings) {
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
    this.#samples = new Float64Array(H * simulated * d)
    this.#weights = new Float64Array(S * A)
    this.#products = new Float64Array(S * A)
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
      if (!invertSymmetric(d, G, G, h * d * d, this.#scratch)) tooSmall('regularization', regularization)
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
      const reduced = estimator === 'magnitudeReduced'
      costsInto(pairs, d, phi, layer * d, v, lossToGo[h], reduced ? H - h : 0, Q, layer)
      if (!reduced) continue
      if (covariance === 'exact') this.#lift(h, occupancy)
      else
        for (let k = 0; k < samples; k++) {
          product(d, G, h * d * d, this.#samples, (h * samples + k) * d, v, 0)
          liftInto(pairs, d, phi, layer * d, v, (H - h) / samples, Q, layer, this.#products)
        }
    }
  }

  /** Adds R_h E min(phi(x, a)' G phi(y, b), 0) over the pairs (y, b) of the policy; G is symmetric: each product once. */
  #lift(h: number, occupancy: Float64Array): void {
    const { horizon: H, states: S, actions: A, dimension: d, phi } = this.#mdp
    const Q = this.#estimate
    const v = this.#v
    const weights = this.#weights
    const products = this.#products
    const first = h * S * A
    for (let k = 0; k < S * A; k++) {
      product(d, this.#inverse, h * d * d, phi, (first + k) * d, v, 0)
      const weight = (H - h) * occupancy[h * S + Math.floor(k / A)] * this.policy[first + k]
      weights[k] = weight
      inners(k, d, phi, first * d, v, 0, products, 0)
      let sum = 0
      for (let j = 0; j < k; j++) {
        const low = Math.min(products[j], 0)
        Q[first + j] += weight * low
        sum += weights[j] * low
      }
      Q[first + k] += sum
    }
  }

  #addBonus(random: Random): void {
    const { beta, bonus } = this.#settings
    bonusInto(this.#mdp, this.policy, this.#inverse, beta, this.#bonus)
    if (bonus === 'sampled') dilateByDraws(this.#mdp, this.policy, random, this.#bonus)
    else dilateInto(this.#mdp, this.policy, this.#bonus, this.#values, this.#v)
  }
}
