import { options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'
import type { Certified, Gradient } from '../learner.ts'
import { LONGEST } from '../limits.ts'
import { AdaptiveLearner, type AdaptiveOptions } from './adaptive.ts'

/**
 * The proximal step of this round's loss: argmin over the domain of f(x) + ||x - z||^2 / (2 eta). It may come
 * with the subgradient m of f there that makes it optimal: x = P(z - eta m). Without it (z - x) / eta is used,
 * which is right inside the domain and only loosens the certificate at its boundary.
 */
export type Prox = (z: Float64Array, eta: number) => VectorLike | { x: VectorLike; subgradient: VectorLike }

/** Options of {@link seaImplicit}: G or delta. */
export type SeaImplicitOptions = AdaptiveOptions

/** {@link seaImplicit}: each update also takes the loss's proximal step. */
export interface SeaImplicit extends Certified {
  /** sum ||g_t - m_t||^2. */
  readonly V: number
  /** @throws also when `prox` is missing, or gives no point of the domain. */
  update(gradient: Gradient, prox?: Prox): void
}

/**
 * Optimistic mirror descent with an implicit update, for losses that are not smooth: the last loss itself is the
 * guess of the next. With eta_t = D / sqrt(delta + 4 G^2 + sum_{s<t} ||g_s - m_s||^2), m_1 = 0:
 *
 *     xhat <- P(xhat - eta_t g_t)
 *     x_{t+1} = argmin over the domain of f_t(x) + ||x - xhat||^2 / (2 eta_{t+1})
 *
 * and m_{t+1} the subgradient of f_t at x_{t+1} that makes it optimal. The certificate is that of seaConvex with
 * m_t for g_{t-1}.
 *
 * @throws RangeError when G is not positive, delta is negative, neither is given, or the domain is a point.
 * Source: the implicit variant of Chen et al., JMLR 25(178), 2024; constants ours.
 */
export function seaImplicit(options: SeaImplicitOptions): SeaImplicit {
  return new SeaImplicitLearner(optionsOf(options, 'seaImplicit: options', ['G', 'delta', 'domain', 'start']))
}

class SeaImplicitLearner extends AdaptiveLearner implements SeaImplicit {
  #prox: Prox | undefined
  /** The vectors of the next round, until the user's prox has answered. */
  readonly #next: { xhat: Float64Array; x: Float64Array; guess: Float64Array; z: Float64Array }
  /** guess: m_t. */
  protected readonly arrays: { xhat: Float64Array; guess: Float64Array }

  constructor(options: SeaImplicitOptions) {
    super('seaImplicit', options)
    const { space } = this
    this.arrays = { xhat: space.copy(this.x), guess: space.zeros() }
    this.#next = { xhat: space.zeros(), x: space.zeros(), guess: space.zeros(), z: new Float64Array(this.x.length) }
  }

  override update(gradient: Gradient, prox?: Prox): void {
    if (typeof prox !== 'function') refuse(`${this.name}.update: prox`, 'a function', show(prox), 'type')
    this.#prox = prox
    super.update(gradient)
  }

  protected step(g: Float64Array): void {
    const { x, space, numbers: s } = this
    const { xhat, guess } = this.arrays
    const next = this.#next
    const { eta } = s
    const change = space.squaredDistance(g, guess)

    // The correction, then the proximal step with the next eta.
    this.descend(xhat, eta, g, next.xhat)
    const nextEta = this.domain.diameter / Math.sqrt(this.base + s.V + change)
    this.#solve(next.xhat, nextEta)

    this.spend(eta, change)
    this.save(eta, space.squaredDistance(x, xhat) + space.squaredDistance(next.xhat, x))
    s.V += change
    s.eta = nextEta
    xhat.set(next.xhat)
    x.set(next.x)
    guess.set(next.guess)
  }

  /** Asks the prox for x_{t+1} and m_{t+1}, and checks them. */
  #solve(xhat: Float64Array, eta: number): void {
    const label = `${this.name}.update: prox`
    const { x, guess, z } = this.#next
    z.set(xhat)
    const answer = this.#prox!(z, eta)
    const pair = typeof answer === 'object' && answer !== null && 'subgradient' in answer
    const rule = { length: x.length }
    x.set(vector(pair ? answer.x : answer, `${label}'s point`, rule))
    if (!this.domain.contains(x)) refuse(`${label}'s point`, 'in the domain', 'outside')
    if (pair) guess.set(vector(answer.subgradient, `${label}'s subgradient`, rule))
    else for (let i = 0; i < x.length; i++) guess[i] = (xhat[i] - x[i]) / eta
    if (!(this.space.squaredDistance(guess, xhat) <= LONGEST * LONGEST))
      refuse(`${label}'s subgradient`, `of length at most ${LONGEST}`, 'longer')
  }
}
