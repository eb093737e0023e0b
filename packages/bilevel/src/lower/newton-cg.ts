import { dot } from '@opt/core'
import { finite } from '../problem.ts'
import type { LowerObjective } from './objective.ts'

/** Report after each Newton step. */
interface NewtonReport {
  error: number
  value: number
  step: number
}

/** Values that differ by less, relative to their size, may differ by rounding only. */
const ROUNDING = 1e-10
const HALVINGS = 50

/** The largest |entry|, NaN if there is one. */
export function peak(x: Float64Array): number {
  let most = 0
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]))
  return most
}

/**
 * Minimises by Newton's method with conjugate gradients and backtracking (Nocedal and Wright 2006, algorithm 7.1):
 * each system is solved to a residual of min(1/2, sqrt(|g| / |g_0|)) |g|, or until curvature is not positive.
 *
 * @param y the start, changed in place to the answer.
 * @param value the value there.
 * @param g the gradient there, changed in place to that of the answer.
 */
export function* newtonConjugateGradient(
  objective: LowerObjective,
  y: Float64Array,
  value: number,
  g: Float64Array,
): Generator<NewtonReport, { value: number; gradient: Float64Array; message?: string }, boolean> {
  const n = y.length
  const [d, y1, g1] = [0, 1, 2].map(() => new Float64Array(n))
  const newton = new NewtonSystem(objective, n)
  const first = peak(g)
  if (first === 0) {
    yield { error: 0, value, step: 0 }
    return { value, gradient: g }
  }
  for (;;) {
    const size = peak(g)
    const slope = newton.direction(y, g, size, Math.min(0.5, Math.sqrt(size / first)), d)
    let step = slope < 0 ? 1 : 0
    let accepted = false
    for (let k = 0; step > 0 && k <= HALVINGS; k++, step /= 2) {
      for (let i = 0; i < n; i++) y1[i] = y[i] + step * d[i]
      const next = objective.evaluate(y1, g1)
      accepted = decreases(value, slope, step, next, dot(g1, d))
      if (!accepted) continue
      value = next
      break
    }
    if (!accepted) return { value, gradient: g, message: 'no lower point along the direction of descent' }
    y.set(y1)
    g.set(g1)
    if (yield { error: peak(g), value, step }) return { value, gradient: g }
  }
}

/** Armijo's condition, or where values differ by rounding only, that of Hager and Zhang (2005) on slopes. */
function decreases(value: number, slope: number, step: number, next: number, nextSlope: number): boolean {
  if (!Number.isFinite(next) || !Number.isFinite(nextSlope)) return false
  if (next <= value + 1e-4 * step * slope && next < value) return true
  return next <= value + ROUNDING * Math.abs(value) && Math.abs(nextSlope) <= 0.9 * -slope
}

/** Solves H d = -g approximately. */
class NewtonSystem {
  readonly #objective: LowerObjective
  readonly #r: Float64Array
  readonly #p: Float64Array
  readonly #q: Float64Array

  constructor(objective: LowerObjective, n: number) {
    this.#objective = objective
    this.#r = new Float64Array(n)
    this.#p = new Float64Array(n)
    this.#q = new Float64Array(n)
  }

  /** Writes the direction and returns the slope along it; g is divided by its largest entry in between. */
  direction(y: Float64Array, g: Float64Array, size: number, forcing: number, d: Float64Array): number {
    const n = g.length
    const [r, p, q] = [this.#r, this.#p, this.#q]
    d.fill(0)
    for (let i = 0; i < n; i++) p[i] = r[i] = -g[i] / size
    let rr = dot(r, r)
    const target = forcing * forcing * rr
    for (let k = 0; k < 2 * n + 10 && rr > target; k++) {
      this.#objective.multiply(y, p, q)
      finite(q, 'lower.hvp: outY')
      const curvature = dot(p, q)
      if (!(curvature > 0)) {
        if (k === 0) d.set(r)
        break
      }
      const alpha = rr / curvature
      for (let i = 0; i < n; i++) {
        d[i] += alpha * p[i]
        r[i] -= alpha * q[i]
      }
      const next = dot(r, r)
      for (let i = 0; i < n; i++) p[i] = r[i] + (next / rr) * p[i]
      rr = next
    }
    let slope = 0
    for (let i = 0; i < n; i++) {
      slope += (g[i] / size) * d[i]
      d[i] *= size
    }
    return slope * size * size
  }
}
