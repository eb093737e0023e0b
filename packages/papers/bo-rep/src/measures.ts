import { type BilevelProblem, hypergradient, solveLower } from '@opt/bilevel'
import { nrm2 } from '@opt/core'

/** Exact measures of an iterate, on all data. */
export interface Measures {
  /** Phi(x) = F(x, y*(x)). */
  phi: number
  /** Length of the gradient of Phi; Infinity where the lower level or the adjoint system could not be solved. */
  gradientNorm: number
  /** |y - y*(x)| */
  distance: number
}

/** Solves the lower level and the adjoint system, each time from the last solution. */
export class Measure {
  readonly #problem: BilevelProblem<never, never>
  readonly #y: Float64Array
  #adjoint: Float64Array | undefined

  constructor(problem: BilevelProblem<never, never>, y: Float64Array) {
    this.#problem = problem
    this.#y = y.slice()
  }

  at(x: Float64Array, y: Float64Array): Measures {
    const { upper, lower } = this.#problem
    const quiet = { tolerance: 1e-9, history: false }
    const solution = solveLower(lower, x, this.#y, quiet)
    this.#y.set(solution.y)
    const found = hypergradient(this.#problem as never, x, solution.y, { ...quiet, adjoint: this.#adjoint })
    this.#adjoint = found.adjoint
    const solved = solution.status === 'converged' && found.status === 'converged'
    return {
      phi: upper.value(x, solution.y),
      gradientNorm: solved ? nrm2(found.gradient) : Infinity,
      distance: nrm2(y.map((value, j) => value - solution.y[j])),
    }
  }
}
