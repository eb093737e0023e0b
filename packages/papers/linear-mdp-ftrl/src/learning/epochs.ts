import { allFinite } from '@opt/core'
import type { Step } from '../ftrl.ts'
import { addOuter, inners, invertSymmetric, product, quadratic, quadratics, tooSmall } from '../matrices.ts'

/** The sizes and constants of {@link Epochs}. */
export interface EpochSettings {
  horizon: number
  actions: number
  dimension: number
  /** W, the episodes of an epoch. */
  epoch: number
  step: Step
  learningRate: number
  beta: number
  regularization: number
  split: boolean
  knownThreshold: number
  /** The inverse covariance of the cover, H x d x d; needed if knownThreshold > 0. */
  coverInverse: Float64Array | undefined
}

const REGULARIZATION = 'modelFree.endEpisode: regularization'

/**
 * The third algorithm, without a simulator: the policy stays during an epoch, at whose end the cost to go and the
 * bonuses are regressed on the features of the states visited. Since the policy's mean in the bonus is the same for all
 * actions of a state, C(x, a) = phi . v - beta phi' M phi up to a constant: memory H (d + d^2), and the records of one
 * epoch, whatever the number of states.
 */
export class Epochs {
  readonly settings: EpochSettings
  /** v = sum (what - Lambda), H x d, and M = sum G, H x d x d. */
  readonly v: Float64Array
  readonly M: Float64Array
  /** The records of the epoch. For each episode and layer: features A x d and policy A of the state visited, ... */
  readonly phi: Float64Array
  readonly pi: Float64Array
  /** ... the action, its loss, and the weight w: 1, or in exploring episodes H at the layer of the switch and 0 elsewhere. */
  readonly actions: Float64Array
  readonly losses: Float64Array
  readonly weights: Float64Array
  /** Of the last epoch: G, H x d x d; what and Lambda, H x d. */
  readonly G: Float64Array
  readonly what: Float64Array
  readonly Lambda: Float64Array
  /** [epochs completed, episodes recorded in this one]. */
  readonly counts: Float64Array = new Float64Array(2)
  readonly #C: Float64Array
  /** phi' G phi or phi' M phi of the actions of a state. */
  readonly #squares: Float64Array
  readonly #factor: Float64Array
  readonly #bonuses: Float64Array
  readonly #costs: Float64Array
  readonly #dilations: Float64Array

  constructor(settings: EpochSettings) {
    const { horizon: H, actions: A, dimension: d, epoch: W } = settings
    this.settings = settings
    this.v = new Float64Array(H * d)
    this.M = new Float64Array(H * d * d)
    this.phi = new Float64Array(W * H * A * d)
    this.pi = new Float64Array(W * H * A)
    this.actions = new Float64Array(W * H)
    this.losses = new Float64Array(W * H)
    this.weights = new Float64Array(W * H)
    this.G = new Float64Array(H * d * d)
    this.what = new Float64Array(H * d)
    this.Lambda = new Float64Array(H * d)
    this.#C = new Float64Array(A)
    this.#squares = new Float64Array(A)
    this.#factor = new Float64Array(d * d)
    this.#bonuses = new Float64Array(H)
    this.#costs = new Float64Array(d)
    this.#dilations = new Float64Array(d)
  }

  get memory(): Float64Array[] {
    return [this.v, this.M, this.phi, this.pi, this.actions, this.losses, this.weights, this.counts]
  }

  /** The index of the record of a layer in the present episode. */
  record(layer: number): number {
    return this.counts[1] * this.settings.horizon + layer
  }

  /** Writes the policy of a state whose features are the A x d numbers of `rows` from `from` on. */
  policyInto(layer: number, rows: Float64Array, from: number, out: Float64Array, to: number): void {
    const { actions: A, dimension: d, beta, step, learningRate } = this.settings
    if (!this.#known(layer, rows, from)) {
      out.fill(1 / A, to, to + A)
      return
    }
    const C = this.#C
    inners(A, d, rows, from, this.v, layer * d, C, 0)
    if (beta > 0) {
      quadratics(A, d, this.M, layer * d * d, rows, from, this.#squares, 0)
      for (let a = 0; a < A; a++) C[a] -= beta * this.#squares[a]
    }
    step(A, C, 0, learningRate, out, to)
  }

  /** Whether max_a phi' Scov^-1 phi is within the threshold; without a threshold all states are known. */
  #known(layer: number, rows: Float64Array, from: number): boolean {
    const { actions: A, dimension: d, knownThreshold, coverInverse } = this.settings
    if (!coverInverse || knownThreshold === 0) return true
    for (let a = 0; a < A; a++)
      if (quadratic(d, coverInverse, layer * d * d, rows, from + a * d) > knownThreshold) return false
    return true
  }

  /** Ends an episode whose records are complete. Returns whether it was the last of its epoch: the policy changes. */
  endEpisode(): boolean {
    const { epoch: W, split } = this.settings
    if (this.counts[1] + 1 < W) {
      this.counts[1]++
      return false
    }
    const half = split ? Math.floor(W / 2) : 0
    this.#invertCovariances(split ? half : W)
    this.#regress(half, W)
    const { v, M, what, Lambda, G } = this
    for (let i = 0; i < v.length; i++) v[i] += what[i] - Lambda[i]
    for (let i = 0; i < M.length; i++) M[i] += G[i]
    if (!allFinite(v) || !allFinite(M)) tooSmall(REGULARIZATION, this.settings.regularization)
    this.counts[0]++
    this.counts[1] = 0
    return true
  }

  /** G_h = (gamma I + (1/n) sum w phi phi')^-1 over the first n episodes. */
  #invertCovariances(n: number): void {
    const { horizon: H, actions: A, dimension: d, regularization } = this.settings
    const { G, phi, weights } = this
    G.fill(0)
    for (let k = 0; k < n * H; k++)
      if (weights[k] > 0) addOuter(d, weights[k] / n, phi, (k * A + this.actions[k]) * d, G, (k % H) * d * d)
    for (let h = 0; h < H; h++) {
      for (let i = 0; i < d; i++) G[(h * d + i) * d + i] += regularization
      if (!invertSymmetric(d, G, G, h * d * d, this.#factor)) tooSmall(REGULARIZATION, regularization)
    }
  }

  /** what_h = G_h (1/n) sum w phi L, Lambda_h = G_h (1/n) sum w phi D over the episodes from `first` on. */
  #regress(first: number, end: number): void {
    const { horizon: H, actions: A, dimension: d, beta } = this.settings
    const { G, phi, weights, losses, what, Lambda } = this
    const growth = 1 + 1 / H
    what.fill(0)
    Lambda.fill(0)
    for (let t = first; t < end; t++) {
      let L = 0
      let D = 0
      if (beta > 0) for (let h = 1; h < H; h++) this.#bonuses[h] = this.#bonus(t * H + h, h)
      for (let h = H - 1; h >= 0; h--) {
        const k = t * H + h
        L += losses[k]
        const w = weights[k] / (end - first)
        const row = (k * A + this.actions[k]) * d
        for (let i = 0; i < d; i++) {
          what[h * d + i] += w * L * phi[row + i]
          Lambda[h * d + i] += w * D * phi[row + i]
        }
        D = growth * (this.#bonuses[h] + D)
      }
    }
    for (let h = 0; h < H; h++) {
      product(d, G, h * d * d, what, h * d, this.#costs, 0)
      product(d, G, h * d * d, Lambda, h * d, this.#dilations, 0)
      what.set(this.#costs, h * d)
      Lambda.set(this.#dilations, h * d)
    }
  }

  /** b(x, a) = beta (n(x, a) + sum_a' pi(a' | x) n(x, a')) of a record, 0 if its state is not known. */
  #bonus(k: number, h: number): number {
    const { actions: A, dimension: d, beta } = this.settings
    if (!this.#known(h, this.phi, k * A * d)) return 0
    let b = 0
    quadratics(A, d, this.G, h * d * d, this.phi, k * A * d, this.#squares, 0)
    for (let a = 0; a < A; a++) {
      b += this.#squares[a] * (this.pi[k * A + a] + Number(a === this.actions[k]))
    }
    return beta * b
  }
}
