import type { Measures } from './measures.ts'

/** Decides when a run has converged: where the estimate of the gradient is small, and so is the gradient itself. */
export class Convergence {
  readonly #tolerance: number
  readonly #pause: number
  readonly #exact: () => Measures
  #wait: number
  #last = Infinity

  /**
   * @param pause steps between two exact gradients for this purpose: each costs as much as many steps.
   * @param exact computes the exact measures.
   */
  constructor(tolerance: number, pause: number, exact: () => Measures) {
    this.#tolerance = tolerance
    this.#pause = pause
    this.#exact = exact
    // At first z may be 0 because the adjoints are.
    this.#wait = pause
  }

  /** Returns the report of a step: the error, and the exact measures if they were due or needed. */
  report(norm: number, due: boolean): { error: number; measures?: Measures } {
    const small = norm <= this.#tolerance
    if (small && !due && this.#wait > 0) {
      this.#wait--
      return { error: this.#last }
    }
    if (!small && !due) return { error: norm }
    const measures = this.#exact()
    this.#last = Math.max(norm, measures.gradientNorm)
    this.#wait = this.#pause
    return { error: small ? this.#last : norm, measures }
  }
}
