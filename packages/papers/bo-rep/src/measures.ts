import { type BilevelProblem, hypergradient, solveLower } from '@opt/bilevel'

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
      gradientNorm: solved ? length(found.gradient) : Infinity,
      distance: length(y.map((value, j) => value - solution.y[j])),
    }
  }
}

/** The Euclidean length of x, also where its square over- or underflows. */
export function length(x: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i]
  if (sum > 1e-280 && sum < Infinity) return Math.sqrt(sum)
  let largest = 0
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]))
  if (!(largest > 0 && largest < Infinity)) return largest
  sum = 0
  for (let i = 0; i < x.length; i++) sum += (x[i] / largest) * (x[i] / largest)
  return largest * Math.sqrt(sum)
}
