import { refuse, show, options as takeOptions, type VectorLike, vector } from '@opt/core'
import { type Gradient, type LearnerOptions, OnlineLearner, positive, squareLike } from '../learner.ts'
import type { Meaning } from '../meaning.ts'
import type { Certified } from './convex.ts'

/**
 * This round's loss as its proximal step: argmin over the domain of f(x) + ||x - z||^2 / (2 eta).
 * The subgradient m of f there that makes it optimal may come along: x = P(z - eta m). Without it (z - x) / eta is taken, which
 * is right inside the domain and at its boundary only loosens the certificate.
 */
export type Prox = (z: Float64Array, eta: number) => VectorLike | { x: VectorLike; subgradient: VectorLike }

/** Options of {@link seaImplicit}. */
export interface SeaImplicitOptions extends LearnerOptions {
  /** Largest gradient norm; 0 or left out when unknown. */
  G?: number
  /** Added under the root of the step. Default 0. */
  delta?: number
}

/** {@link seaImplicit}: each update also wants the loss's proximal step. */
export interface SeaImplicit extends Certified {
  /** sum ||g_t - m_t||^2. */
  readonly V: number
  /** @throws also when `prox` is missing, or gives no point of the domain. */
  update(gradient: Gradient, prox?: Prox): void
}

class SeaImplicitLearner extends OnlineLearner implements SeaImplicit {
  readonly #base: number
  #prox: Prox | undefined
  readonly #next: { xhat: Float64Array; x: Float64Array; guess: Float64Array; z: Float64Array }
  protected readonly numbers: { V: number; eta: number; last: number; spent: number; saved: number }
  /** guess: m_t. */
  protected readonly arrays: { xhat: Float64Array; guess: Float64Array }

  protected readonly meaning: Record<string, Meaning> = {
    V: 'nonnegative',
    eta: 'positive',
    last: 'positive',
    spent: 'nonnegative',
    saved: 'nonnegative',
    xhat: 'point',
    guess: 'gradient',
  }

  constructor(options: SeaImplicitOptions) {
    const name = 'seaImplicit'
    const { G, delta = 0 } = options
    super(name, options, G === undefined ? Infinity : positive(G, name, 'G'))
    const D = this.domain.diameter
    if (D === 0) refuse(`${name}: domain`, 'of positive diameter', 'a single point')
    this.#base = squareLike(delta, name, 'delta') + 4 * (G ?? 0) * (G ?? 0)
    if (this.#base === 0) refuse(`${name}: delta`, 'positive when G is not given', '0')
    const n = this.x.length
    const eta = D / Math.sqrt(this.#base)
    this.numbers = { V: 0, eta, last: eta, spent: 0, saved: 0 }
    this.arrays = { xhat: this.space.copy(this.x), guess: this.space.zeros() }
    this.#next = {
      ...{ xhat: this.space.zeros(), x: this.space.zeros() },
      ...{ guess: this.space.zeros(), z: new Float64Array(n) },
    }
  }

  get V(): number {
    return this.numbers.V
  }

  override update(gradient: Gradient, prox?: Prox): void {
    if (typeof prox !== 'function') refuse(`${this.name}.update: prox`, 'a function', show(prox), 'type')
    this.#prox = prox
    super.update(gradient)
  }

  /** Works on copies until the user's prox has answered. */
  protected step(g: Float64Array): void {
    const { x, domain, space, numbers: s } = this
    const { xhat, guess } = this.arrays
    const next = this.#next
    const change = space.squaredDistance(g, guess)
    space.descend(xhat, s.eta, g, next.xhat)
    domain.projectInPlace(next.xhat)
    const eta = domain.diameter / Math.sqrt(this.#base + s.V + change)
    next.z.set(next.xhat)
    this.#solve(next.z, eta)

    s.V += change
    s.spent += s.eta * change
    s.saved += (space.squaredDistance(x, xhat) + space.squaredDistance(next.xhat, x)) / (2 * s.eta)
    s.last = s.eta
    s.eta = eta
    xhat.set(next.xhat)
    x.set(next.x)
    guess.set(next.guess)
  }

  #solve(z: Float64Array, eta: number): void {
    const label = `${this.name}.update: prox`
    const answer = this.#prox!(z, eta)
    const pair = typeof answer === 'object' && answer !== null && 'subgradient' in answer
    const { space } = this
    const { x, xhat, guess } = this.#next
    const rule = { length: x.length }
    x.set(vector(pair ? answer.x : answer, `${label}'s point`, rule))
    if (!this.domain.contains(x)) refuse(`${label}'s point`, 'in the domain', 'outside')
    if (pair) guess.set(vector(answer.subgradient, `${label}'s subgradient`, rule))
    else for (let i = 0; i < x.length; i++) guess[i] = (xhat[i] - x[i]) / eta
    if (!(space.squaredDistance(guess, xhat) <= 1e120))
      refuse(`${label}'s subgradient`, 'of length at most 1e60', 'longer')
  }

  override certificate(): number {
    if (this.round === 0) return 0
    const { last, spent, saved } = this.numbers
    const D = this.domain.diameter
    return (D * D) / (2 * last) + spent - saved
  }
}

/**
 * Optimistic mirror descent with an implicit update, for losses that are not smooth: the last loss itself is the guess of the next.
 * With eta_t = D / sqrt(delta + 4 G^2 + sum_{s<t} ||g_s - m_s||^2), m_1 = 0:
 *
 *     xhat <- P(xhat - eta_t g_t);  x_{t+1} = argmin over the domain of f_t(x) + ||x - xhat||^2 / (2 eta_{t+1})
 *
 * and m_{t+1} the subgradient of f_t at x_{t+1} that makes it optimal. The certificate is that of seaConvex with m_t for g_{t-1}.
 *
 * @throws RangeError when G is not positive, delta is negative, neither is given, or the domain is a point.
 * Source: the implicit variant of Chen et al., JMLR 25(178), 2024; constants ours.
 */
export function seaImplicit(options: SeaImplicitOptions): SeaImplicit {
  return new SeaImplicitLearner(takeOptions(options, 'seaImplicit: options'))
}
