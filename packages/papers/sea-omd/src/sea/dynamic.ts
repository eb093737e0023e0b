import { exp, log, log2, number, options as optionsOf, vector } from '@opt/core'
import { bounds, type World } from '../bounds.ts'
import { type Learner, type LearnerOptions, OnlineLearner } from '../learner.ts'
import { positive, positiveDiameter } from '../limits.ts'
import { descend, inner, squaredDistance } from '../linear/vectors.ts'
import type { Meaning } from '../state.ts'

/** Options of {@link seaDynamic}. */
export interface SeaDynamicOptions extends LearnerOptions {
  /** Largest gradient norm. */
  G: number
  /** Smoothness of the expected losses. */
  L: number
  /** Rounds that the step sizes are chosen for. */
  horizon: number
}

/** {@link seaDynamic}, its pool and measurements. */
export interface SeaDynamic extends Learner {
  /** The step sizes eta_i of the base learners. */
  readonly pool: Float64Array
  /** Returns the weights p_i of the next round, as a fresh copy. */
  weights(): Float64Array
  /** The rate eps of the next round's weights. */
  readonly rate: number
  readonly V: number
  /** Whether it has gone on past its horizon: the bound no longer holds then, the certificate does. */
  readonly horizonExceeded: boolean
  /**
   * Returns the certificate against moving comparators with sum ||u_t - u_{t-1}|| <= `pathLength` (default 0: a
   * fixed one).
   */
  certificate(pathLength?: number): number
}

/**
 * A pool of optimistic gradient descents under a Hedge that sees the same single gradient: for comparators that
 * move. With c the domain's centre, lambda = 2 L, s_{t,i} = ||x_{t,i} - x_{t-1,i}||^2:
 *
 *     base i    xhat_i <- P(xhat_i - eta_i g_t);  x_{t+1,i} = P(xhat_i - eta_i g_t)
 *     loss      l_{t,i} = <g_t, x_{t,i} - c> + lambda s_{t,i}
 *     guess     m_{t+1,i} = <g_t, x_{t+1,i} - c> + lambda s_{t+1,i}
 *     weights   p_{t+1,i} ~ exp(-eps_{t+1} (sum_{s<=t} l_{s,i} + m_{t+1,i}))
 *     play      x_{t+1} = sum_i p_{t+1,i} x_{t+1,i}
 *
 * The certificate is ours; it holds for any gradients and comparators whose path is no longer than P:
 *
 *     min_i [sum <g_t, x_t - x_{t,i}> + (D^2 + 2 D P) / (2 eta_i) + eta_i V - saved_i]
 *     saved_i = sum (||x_{t,i} - xhat_{t,i}||^2 + ||xhat_{t+1,i} - x_{t,i}||^2) / (2 eta_i)
 *
 * A round costs O(N d), N logarithmic in the horizon.
 *
 * @throws RangeError when G or L is not positive, the horizon is no positive integer, or the domain is a point.
 * Source: Chen et al., JMLR 25(178), 2024, dynamic regret; structure of Sword++ (Zhao et al.), constants of PyNOL
 * and ours.
 */
export function seaDynamic(options: SeaDynamicOptions): SeaDynamic {
  return new SeaDynamicLearner(optionsOf(options, 'seaDynamic: options'))
}

class SeaDynamicLearner extends OnlineLearner implements SeaDynamic {
  readonly pool: Float64Array
  readonly #options: SeaDynamicOptions
  readonly #center: Float64Array
  /** Rows of the base learners' points and corrections. */
  readonly #points: Float64Array[]
  readonly #hats: Float64Array[]
  /** x_{t,i} while x_{t+1,i} is made. */
  readonly #last: Float64Array
  /** played: sum <g_t, x_t>. */
  protected readonly numbers = { V: 0, rate: 0, played: 0 }
  /** losses: sum l_i; moved: s_i; own: sum <g_t, x_{t,i}>; saved: the certificate's saved_i. */
  protected readonly arrays: Record<
    'points' | 'hats' | 'previous' | 'weights' | 'losses' | 'moved' | 'own' | 'saved',
    Float64Array
  >
  protected readonly meaning: Record<string, Meaning> = {
    V: 'nonnegative',
    rate: 'nonnegative',
    points: 'point',
    hats: 'point',
    previous: 'gradient',
    moved: 'nonnegative',
    saved: 'nonnegative',
    weights: (p) =>
      p.every((v) => v >= 0) && Math.abs(p.reduce((sum, v) => sum + v, 0) - 1) < 1e-9
        ? undefined
        : 'nonnegative and of sum 1',
  }

  constructor(options: SeaDynamicOptions) {
    const name = 'seaDynamic'
    const { G, L, horizon } = options
    super(name, options, positive(G, name, 'G'))
    positive(L, name, 'L')
    number(horizon, `${name}: horizon`, { integer: true, min: 1 })
    const n = this.x.length
    const D = positiveDiameter(this.domain, name)
    this.#options = options
    this.#center = vector(this.domain.center(), `${name}: domain.center()`, { length: n })
    this.pool = stepPool(D, G, L, horizon)
    const N = this.pool.length
    const [points, hats] = [new Float64Array(N * n), new Float64Array(N * n)]
    this.#points = rows(points, N, n)
    this.#hats = rows(hats, N, n)
    for (const row of [...this.#points, ...this.#hats]) row.set(this.x)
    this.#last = new Float64Array(n)
    const each = () => new Float64Array(N)
    this.arrays = {
      points,
      hats,
      previous: new Float64Array(n),
      weights: each().fill(1 / N),
      losses: each(),
      moved: each(),
      own: each(),
      saved: each(),
    }
    this.numbers.rate = this.#rate()
  }

  get V(): number {
    return this.numbers.V
  }

  get rate(): number {
    return this.numbers.rate
  }

  get horizonExceeded(): boolean {
    return this.round > this.#options.horizon
  }

  weights(): Float64Array {
    return this.arrays.weights.slice()
  }

  /** eps = min(1 / (8 D^2 L), sqrt(ln N / (D^2 (V + 4 G^2)))). */
  #rate(): number {
    const { G, L } = this.#options
    const D2 = this.domain.diameter * this.domain.diameter
    return Math.min(1 / (8 * D2 * L), Math.sqrt(log(this.pool.length) / (D2 * (this.numbers.V + 4 * G * G))))
  }

  protected step(g: Float64Array): void {
    const { x, pool, numbers: s } = this
    const { previous, weights, losses, moved } = this.arrays
    const lambda = 2 * this.#options.L
    const atCenter = inner(g, this.#center)
    s.V += squaredDistance(g, previous)
    s.played += inner(g, x)
    s.rate = this.#rate()
    for (let i = 0; i < pool.length; i++) {
      const point = this.#points[i]
      const value = inner(g, point)
      losses[i] += value - atCenter + lambda * moved[i]
      this.#descendBase(i, g, value)
      // The losses to here and the guess of the next.
      weights[i] = -s.rate * (losses[i] + inner(g, point) - atCenter + lambda * moved[i])
    }
    softmax(weights)
    x.fill(0)
    for (let i = 0; i < pool.length; i++) descend(x, -weights[i], this.#points[i], x)
    previous.set(g)
  }

  /** One round of base learner i; `value` is <g, x_{t,i}>. */
  #descendBase(i: number, g: Float64Array, value: number): void {
    const { domain, arrays } = this
    const [point, hat, eta] = [this.#points[i], this.#hats[i], this.pool[i]]
    const before = squaredDistance(point, hat)
    descend(hat, eta, g, hat)
    domain.projectInPlace(hat)
    const after = squaredDistance(hat, point)
    this.#last.set(point)
    descend(hat, eta, g, point)
    domain.projectInPlace(point)
    arrays.moved[i] = squaredDistance(point, this.#last)

    arrays.own[i] += value
    arrays.saved[i] += before / (2 * eta)
    arrays.saved[i] += after / (2 * eta)
  }

  override certificate(pathLength = 0): number {
    number(pathLength, 'seaDynamic.certificate: pathLength', { nonnegative: true })
    if (this.round === 0) return 0
    const { V, played } = this.numbers
    const { own, saved } = this.arrays
    const D = this.domain.diameter
    let best = Infinity
    for (let i = 0; i < this.pool.length; i++) {
      const eta = this.pool[i]
      const base = (D * D + 2 * D * pathLength) / (2 * eta) + eta * V - saved[i]
      best = Math.min(best, played - own[i] + base)
    }
    return best
  }

  protected override boundIn(world: World): number | undefined {
    if (this.violations > 0 || this.horizonExceeded) return undefined
    const { G, L } = this.#options
    const { pathLength = 0 } = world
    return bounds.dynamic({ ...world, G, L, pathLength, D: this.domain.diameter, poolSize: this.pool.length })
  }
}

/**
 * The step sizes of the pool:
 *
 *     eta_i = min(1 / (8 L), 2^(i-1) sqrt(D^2 / (8 G^2 T)))
 *     i = 1 .. 1 + max(0, ceil(log2(G^2 T / (8 D^2 L^2)) / 2))
 */
function stepPool(D: number, G: number, L: number, T: number): Float64Array {
  const N = 1 + Math.max(0, Math.ceil(log2((G * G * T) / (8 * D * D * L * L)) / 2))
  let eta = Math.sqrt((D * D) / (8 * G * G * T))
  const pool = new Float64Array(N)
  for (let i = 0; i < N; i++, eta *= 2) pool[i] = Math.min(1 / (8 * L), eta)
  return pool
}

const rows = (data: Float64Array, count: number, n: number) =>
  Array.from({ length: count }, (_, i) => data.subarray(i * n, (i + 1) * n))

function softmax(weights: Float64Array): void {
  let top = -Infinity
  for (let i = 0; i < weights.length; i++) top = Math.max(top, weights[i])
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += weights[i] = exp(weights[i] - top)
  for (let i = 0; i < weights.length; i++) weights[i] /= sum
}
