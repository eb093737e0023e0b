import { log2 } from '@opt/core'
import { descend, squaredDistance } from '@opt/sets/parts'
import type { Domain } from '../domain.ts'

/**
 * The base learners of {@link seaDynamic}: optimistic gradient descents with fixed steps eta_i.
 *
 *     xhat_i <- P(xhat_i - eta_i g_t);  x_{t+1,i} = P(xhat_i - eta_i g_t)
 */
export class BasePool {
  /** eta_i. */
  readonly steps: Float64Array
  /** x_{t,i}, one a row. */
  readonly points: Float64Array
  /** xhat_{t,i}, one a row. */
  readonly hats: Float64Array
  /** ||x_{t,i} - x_{t-1,i}||^2. */
  readonly moved: Float64Array
  /** sum (||x_{t,i} - xhat_{t,i}||^2 + ||xhat_{t+1,i} - x_{t,i}||^2) / (2 eta_i). */
  readonly saved: Float64Array
  readonly #domain: Domain
  readonly #rows: { point: Float64Array; hat: Float64Array }[]
  /** x_{t,i} while x_{t+1,i} is made. */
  readonly #last: Float64Array

  constructor(domain: Domain, start: Float64Array, steps: Float64Array) {
    const n = start.length
    this.#domain = domain
    this.steps = steps
    this.points = new Float64Array(steps.length * n)
    this.hats = new Float64Array(steps.length * n)
    this.moved = new Float64Array(steps.length)
    this.saved = new Float64Array(steps.length)
    this.#last = new Float64Array(n)
    this.#rows = Array.from(steps, (_, i) => ({
      point: this.points.subarray(i * n, (i + 1) * n),
      hat: this.hats.subarray(i * n, (i + 1) * n),
    }))
    for (const { point, hat } of this.#rows) {
      point.set(start)
      hat.set(start)
    }
  }

  /** x_{t,i}; the same array every round. */
  point(i: number): Float64Array {
    return this.#rows[i].point
  }

  /** One round of base learner i. */
  descend(i: number, g: Float64Array): void {
    const { point, hat } = this.#rows[i]
    const eta = this.steps[i]
    const before = squaredDistance(point, hat)
    descend(hat, eta, g, hat)
    this.#domain.projectInPlace(hat)
    const after = squaredDistance(hat, point)
    this.#last.set(point)
    descend(hat, eta, g, point)
    this.#domain.projectInPlace(point)

    this.moved[i] = squaredDistance(point, this.#last)
    this.saved[i] += before / (2 * eta)
    this.saved[i] += after / (2 * eta)
  }
}

/**
 * The steps of the pool:
 *
 *     eta_i = min(1 / (8 L), 2^(i-1) sqrt(D^2 / (8 G^2 T)))
 *     i = 1 .. 1 + max(0, ceil(log2(G^2 T / (8 D^2 L^2)) / 2))
 */
export function poolSteps(D: number, G: number, L: number, T: number): Float64Array {
  const N = 1 + Math.max(0, Math.ceil(log2((G * G * T) / (8 * D * D * L * L)) / 2))
  let eta = Math.sqrt((D * D) / (8 * G * G * T))
  const steps = new Float64Array(N)
  for (let i = 0; i < N; i++, eta *= 2) steps[i] = Math.min(1 / (8 * L), eta)
  return steps
}
