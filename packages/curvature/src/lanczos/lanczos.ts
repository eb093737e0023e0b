import { type LinearOperator, number, type Report, type Solver, solver, type VectorLike } from '@opt/core'
import { Products, type SeedOption, startVector } from '../operator.ts'
import { type Basis, borrowBasis, giveBack } from './basis.ts'

/** Options of {@link lanczos}. */
export interface LanczosOptions extends SeedOption {
  /** Products with the operator; the basis grows to as many vectors. Default 80, at most n. */
  steps?: number | undefined
  /** First vector, length n, of any size. Default random. */
  start?: VectorLike | undefined
  /** The space counts as invariant when beta is at most this times max |alpha| + max beta. Default 1e-12. */
  breakdown?: number | undefined
}

/** Report of {@link lanczos} after each product. */
export interface LanczosReport extends Report {
  alpha: number
  beta: number
}

/** Answer of {@link lanczos}: A V = V T + beta v e' with the tridiagonal T of alpha and beta. */
export interface LanczosSolution {
  /** Diagonal of T. */
  alpha: Float64Array
  /**
   * Off-diagonal of T; beta[k] stands between alpha[k] and alpha[k + 1], and the last one, as long as
   * alpha, belongs to the vector that would come next. It is 0 when the space is invariant.
   */
  beta: Float64Array
  /** Orthonormal vectors, one for each alpha. */
  basis: Float64Array[]
}

/**
 * Runs Lanczos' recurrence on a symmetric operator, with full reorthogonalisation (Lanczos 1950;
 * Paige 1972). Ends early when the vectors span an invariant subspace.
 *
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export const lanczos: Solver<[operator: LinearOperator, options: LanczosOptions], LanczosReport, LanczosSolution> =
  solver(
    'lanczos',
    function* (
      operator,
      { steps = 80, start, seed, breakdown = BREAKDOWN },
    ): Generator<LanczosReport, LanczosSolution, boolean> {
      number(steps, 'steps', { integer: true, min: 1 })
      number(breakdown, 'breakdown', { nonnegative: true, max: 0.1 })
      const products = new Products(operator)
      const first = startVector(products.n, start, seed)
      const run = new Recurrence(products, Math.min(steps, products.n), breakdown)
      try {
        run.start(first)
        while (run.step()) {
          const k = run.alpha.length - 1
          if (yield { alpha: run.alpha[k] * products.scale, beta: run.beta[k] * products.scale }) break
        }
        return {
          alpha: Float64Array.from(run.alpha, (a) => a * products.scale),
          beta: Float64Array.from(run.beta, (b) => b * products.scale),
          basis: run.alpha.map((_, j) => run.basis.row(j).slice()),
        }
      } finally {
        run.end()
      }
    },
    { maxIterations: Number.MAX_SAFE_INTEGER, options: ['steps', 'start', 'breakdown', 'seed'] },
  )

const BREAKDOWN = 1e-12

/** Lanczos' recurrence, one product at a time; may be started again in the same memory. */
export class Recurrence {
  readonly basis: Basis
  alpha: number[] = []
  beta: number[] = []
  readonly #products: Products
  readonly #breakdown: number
  /** A copy of the newest vector: products get no view of the basis. */
  readonly #vector: Float64Array
  /** Largest |alpha| and beta so far. */
  #peaks = [0, 0]

  constructor(products: Products, steps: number, breakdown: number = BREAKDOWN) {
    this.basis = borrowBasis(steps, products.n)
    this.#vector = new Float64Array(products.n)
    this.#products = products
    this.#breakdown = breakdown
  }

  /** Gives its memory to the next recurrence. */
  end(): void {
    giveBack(this.basis)
  }

  /** @param v a unit vector. */
  start(v: Float64Array): void {
    this.basis.size = 0
    this.alpha = []
    this.beta = []
    this.#peaks = [0, 0]
    this.basis.next.set(v)
    this.basis.push(1)
  }

  /** Whether there is no step left to take. */
  get complete(): boolean {
    const k = this.alpha.length
    return k === this.basis.capacity || (k > 0 && this.beta[k - 1] === 0)
  }

  /** Takes a step; false, and does nothing, when the basis is complete. */
  step(): boolean {
    const { basis, alpha, beta } = this
    const k = alpha.length
    if (this.complete) return false
    if (k > 0) basis.push(beta[k - 1])
    this.#vector.set(basis.row(k))
    this.#products.apply(this.#vector, basis.next)
    const left = basis.orthogonalise(2)
    alpha.push(basis.coefficients[k])
    const peaks = this.#peaks
    peaks[0] = Math.max(peaks[0], Math.abs(alpha[k]))
    peaks[1] = Math.max(peaks[1], left)
    beta.push(k + 1 === basis.n || left <= this.#breakdown * (peaks[0] + peaks[1]) ? 0 : left)
    return true
  }
}
