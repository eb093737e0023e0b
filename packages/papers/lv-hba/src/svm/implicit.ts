import { exp, sigmoid } from '@opt/core'
import type { Rows } from '../linear/rows.ts'
import type { SquaredHinge } from './squared-hinge.ts'

/** Solves the lower level for given weights exactly, and differentiates its solution. */
export class ImplicitSvm {
  readonly #hinge: SquaredHinge
  readonly #validation: Rows
  readonly #metric: Float64Array
  readonly #center: Float64Array
  readonly #ones: Float64Array

  constructor(hinge: SquaredHinge, validation: Rows) {
    const { n, d } = hinge.rows
    this.#hinge = hinge
    this.#validation = validation
    // The bias has no penalty.
    this.#metric = Float64Array.from({ length: d }, (_, j) => (j < d - 1 ? 1 : 0))
    this.#center = new Float64Array(d)
    this.#ones = new Float64Array(n).fill(1)
  }

  /** Returns u = (w, b), the minimiser of |w|^2 / 2 + sum_i e^{c_i} max(0, 1 - a_i'u)^2 / 2, and the slacks. */
  solve(c: Float64Array): { u: Float64Array; slacks: Float64Array } {
    const u = new Float64Array(this.#metric.length)
    const sum = { metric: this.#metric, center: this.#center, weights: c.map(exp), offsets: this.#ones }
    if (!this.#hinge.minimize(sum, u)) throw new RangeError("weightedSvm: Newton's method finds no lower solution")
    return { u, slacks: this.#hinge.rows.times(u).map((margin) => Math.max(0, 1 - margin)) }
  }

  /**
   * Returns the gradient of Phi at the last {@link solve}: with H = diag(1, ..., 1, 0) + sum_i e^{c_i} a_i a_i' over
   * the rows with a slack and v = H^-1 (gradient of F in u), its entries are e^{c_i} slack_i a_i'v.
   */
  gradient(c: Float64Array, { u, slacks }: { u: Float64Array; slacks: Float64Array }): Float64Array {
    const { rows, curvatures } = this.#hinge
    const margins = this.#validation.times(u)
    const v = this.#validation.transposed(margins.map((margin) => -sigmoid(-margin) / margins.length)).slice()
    rows.factor(this.#metric, curvatures)
    rows.solve(v)
    return rows.times(v).map((product, i) => exp(c[i]) * slacks[i] * product)
  }
}
