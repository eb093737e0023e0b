import type { Rows } from '../linear/rows.ts'

const HALVINGS = 60
const ITERATIONS = 200
const EPSILON = 2.220446049250313e-16
/** Steps below this, relative to u, may be rounding. */
const ROUNDING = 1e-11

/** The function sum_j metric_j (u_j - center_j)^2 / 2 + sum_i weights_i max(0, offsets_i - a_i'u)^2 / 2 of u. */
export interface HingeSum {
  metric: Float64Array
  center: Float64Array
  weights: Float64Array
  offsets: Float64Array
}

/** Minimises sums of squared hinges by a semismooth Newton method. Allocates nothing after it is made. */
export class SquaredHinge {
  readonly rows: Rows
  /** The weights of the rows with a_i'u below their offset, 0 for others: of u's last Newton step. */
  readonly curvatures: Float64Array
  readonly #direction: Float64Array
  readonly #trial: Float64Array
  readonly #pulls: Float64Array

  constructor(rows: Rows) {
    this.rows = rows
    this.curvatures = new Float64Array(rows.n)
    this.#direction = new Float64Array(rows.d)
    this.#trial = new Float64Array(rows.d)
    this.#pulls = new Float64Array(rows.n)
  }

  /**
   * Replaces u by the minimiser, from u: Newton steps with Armijo's condition, until a full step leaves the set of
   * rows below their offsets as it was; the function is quadratic there, so that the step is exact.
   *
   * @returns whether it came to an end.
   */
  minimize(sum: HingeSum, u: Float64Array): boolean {
    const [p, trial] = [this.#direction, this.#trial]
    let full = false
    let value = this.#value(sum, u)
    for (let k = 0; k < ITERATIONS; k++) {
      const changed = this.#updateCurvatures(sum, u)
      if (full && !changed) return true
      if (!this.rows.factor(sum.metric, this.curvatures)) return false
      const slope = this.#newtonDirection(sum, u, p)
      if (relativeSize(p, u) <= EPSILON) return true
      let size = 1
      for (let halvings = 0; ; halvings++, size /= 2) {
        for (let j = 0; j < p.length; j++) trial[j] = u[j] + size * p[j]
        const next = this.#value(sum, trial)
        if (next <= value + 1e-4 * size * slope) {
          value = next
          break
        }
        // Only rounding keeps a direction of descent from a lower value.
        if (halvings >= HALVINGS) return relativeSize(p, u) <= ROUNDING
      }
      u.set(trial)
      full = size === 1
    }
    return false
  }

  /** Writes the curvatures at u; returns whether one has changed. */
  #updateCurvatures({ weights, offsets }: HingeSum, u: Float64Array): boolean {
    const Au = this.rows.times(u)
    let changed = false
    for (let i = 0; i < Au.length; i++) {
      const curvature = offsets[i] > Au[i] ? weights[i] : 0
      if (curvature !== this.curvatures[i]) changed = true
      this.curvatures[i] = curvature
      this.#pulls[i] = curvature * (offsets[i] - Au[i])
    }
    return changed
  }

  /** Writes minus the inverse Hessian times the gradient and returns the slope along it. */
  #newtonDirection({ metric, center }: HingeSum, u: Float64Array, p: Float64Array): number {
    const pull = this.rows.transposed(this.#pulls)
    for (let j = 0; j < p.length; j++) p[j] = pull[j] - metric[j] * (u[j] - center[j])
    this.rows.solve(p)
    let slope = 0
    for (let j = 0; j < p.length; j++) slope -= (pull[j] - metric[j] * (u[j] - center[j])) * p[j]
    return slope
  }

  #value({ metric, center, weights, offsets }: HingeSum, u: Float64Array): number {
    const Au = this.rows.times(u)
    let sum = 0
    for (let j = 0; j < u.length; j++) sum += metric[j] * (u[j] - center[j]) * (u[j] - center[j])
    for (let i = 0; i < Au.length; i++) {
      const r = offsets[i] - Au[i]
      if (r > 0) sum += weights[i] * r * r
    }
    return sum / 2
  }
}

/** max |p| / max |u|, 0 where p is 0. */
function relativeSize(p: Float64Array, u: Float64Array): number {
  let [step, size] = [0, 0]
  for (let j = 0; j < p.length; j++) {
    step = Math.max(step, Math.abs(p[j]))
    size = Math.max(size, Math.abs(u[j]))
  }
  return step === 0 ? 0 : step / size
}
