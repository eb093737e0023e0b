import { dot } from '@opt/core'

/** A function to minimise over a convex set. */
export interface ProjectedProblem {
  /** Returns the value and writes the gradient. */
  evaluate(x: Float64Array, gradient: Float64Array): number
  /** Replaces x by the nearest point of the set. */
  project(x: Float64Array): void
}

/** Values that the line search compares with. */
const MEMORY = 10
const HALVINGS = 40
/** Iterations without a new least error after which rounding is all that moves. */
const PATIENCE = 300
const ROUNDING = 1e-12

/**
 * The spectral projected gradient method (Birgin, Martinez and Raydan 2000): steps of Barzilai and Borwein, with a line
 * search that asks for less than the largest of the last ten values.
 *
 * `error` is the largest entry of x - proj(x - gradient).
 *
 * @param x the start, in the set; changed in place to the answer.
 */
export function* spectralProjectedGradient(
  problem: ProjectedProblem,
  x: Float64Array,
): Generator<{ error: number }, { message?: string }, boolean> {
  const n = x.length
  const [d, x1, g1, trial] = [0, 1, 2, 3].map(() => new Float64Array(n))
  const g = new Float64Array(n)
  let value = problem.evaluate(x, g)
  const values = new Float64Array(MEMORY).fill(value)
  let step = 1
  let [least, since] = [Infinity, 0]
  for (let k = 1; ; k++) {
    const error = movement(problem, x, g, 1, trial)
    if (yield { error }) return {}
    since = error < least ? 0 : since + 1
    least = Math.min(least, error)
    if (since > PATIENCE) return { message: 'the error no longer falls' }
    if (!Number.isFinite(value)) return { message: 'the value is not finite' }
    movement(problem, x, g, step, d)
    const slope = dot(g, d)
    let size = 1
    let next = NaN
    for (let tries = 0; ; tries++, size /= 2) {
      if (tries > HALVINGS) return { message: 'no lower point along the projected gradient' }
      for (let j = 0; j < n; j++) x1[j] = x[j] + size * d[j]
      next = problem.evaluate(x1, g1)
      const most = values.reduce((a, b) => Math.max(a, b))
      if (next <= most + 1e-4 * size * slope + ROUNDING * Math.abs(most)) break
    }
    let [square, curvature] = [0, 0]
    for (let j = 0; j < n; j++) {
      const moved = x1[j] - x[j]
      square += moved * moved
      curvature += moved * (g1[j] - g[j])
    }
    // Where rounding has eaten the curvature, the old step stays.
    if (curvature > 0 && square > 0) step = Math.min(1e30, Math.max(1e-30, square / curvature))
    x.set(x1)
    g.set(g1)
    value = next
    values[k % MEMORY] = value
  }
}

/** Writes proj(x - step gradient) - x and returns its largest entry. */
function movement(
  problem: ProjectedProblem,
  x: Float64Array,
  g: Float64Array,
  step: number,
  out: Float64Array,
): number {
  for (let j = 0; j < x.length; j++) out[j] = x[j] - step * g[j]
  problem.project(out)
  let most = 0
  for (let j = 0; j < x.length; j++) {
    out[j] -= x[j]
    most = Math.max(most, Math.abs(out[j]))
  }
  return most
}
