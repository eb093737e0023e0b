/**
 * The error of a step: how far it moved, which costs nothing; but where that would pass for convergence, the larger of
 * it and the residual, which costs a solve. A residual that was too large is computed again once the movement has
 * halved.
 */
export class Convergence {
  readonly #tolerance: number
  readonly #residual: () => number
  #next: number
  #last = 0

  constructor(tolerance: number, residual: () => number) {
    this.#tolerance = tolerance
    this.#next = tolerance
    this.#residual = residual
  }

  errorOf(moved: number): number {
    if (moved > this.#tolerance) return moved
    if (moved <= this.#next) {
      this.#last = this.#residual()
      this.#next = moved / 2
    }
    return Math.max(moved, this.#last)
  }
}
