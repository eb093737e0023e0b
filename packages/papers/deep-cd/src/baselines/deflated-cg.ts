import { type CSR, number, type Solver, solver, type VectorLike } from '@opt/core'
import { ritzVectors } from '../ritz/ritz-vectors.ts'
import { Problem, type ProblemOptions } from '../system/problem.ts'
import { checkCSR } from '../system/system.ts'
import { type ConjugateGradientSolution, run } from './conjugate-gradient.ts'
import type { StepReport } from './conjugate-steps.ts'

/** Options of {@link deflatedCG}. */
export interface DeflatedOptions extends Omit<ProblemOptions, 'initial'> {
  /** Lanczos steps from b, and so many Ritz vectors. Default 16. */
  vectors?: number | undefined
}

/**
 * Solves A x = b by conjugate gradients with a deflated Jacobi preconditioner, the baseline of the official code: with
 * the Ritz pairs W, theta of a few Lanczos steps from b, and P y = W diag(1 / theta) W'y, it starts at P b and
 * preconditions by z - P A z, z = r / diag(A).
 *
 * @param A symmetric positive definite; rows may be empty: such unknowns stay 0.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const deflatedCG: Solver<
  [A: CSR, b: VectorLike, options: DeflatedOptions],
  StepReport,
  ConjugateGradientSolution
> = solver(
  'deflatedCG',
  function* (A, b, options) {
    const { vectors: steps = 16, mask } = options
    number(steps, 'vectors', { integer: true, min: 1 })
    const diagonal = diagonalOf(checkCSR(A))
    const problem = new Problem(A, b, { mask })
    if (problem.error === 0) return yield* run(problem, options)
    const { n, x } = problem
    const { values, vectors } = ritzVectors(n, problem.multiply.bind(problem), problem.r, Math.min(steps, n))
    const Az = new Float64Array(n)
    const z = new Float64Array(n)
    /** out += sign P y. */
    const project = (y: Float64Array, sign: number, out: Float64Array) => {
      for (const [j, w] of vectors.entries()) {
        let sum = 0
        for (let i = 0; i < n; i++) sum += w[i] * y[i]
        const c = (sign * sum) / values[j]
        for (let i = 0; i < n; i++) out[i] += c * w[i]
      }
    }
    project(problem.r, 1, x)
    problem.measure()
    return yield* run(problem, options, (r, out) => {
      for (let i = 0; i < n; i++) z[i] = diagonal[i] > 0 ? r[i] / diagonal[i] : 0
      problem.restrict(z)
      problem.multiply(z, Az)
      out.set(z)
      project(Az, -1, out)
    })
  },
  { tolerance: 1e-4, maxIterations: 10_000, options: ['vectors', 'mask'] },
)

function diagonalOf({ rows, indptr, indices, values }: CSR): Float64Array {
  const diagonal = new Float64Array(rows)
  for (let i = 0; i < rows; i++)
    for (let k = indptr[i]; k < indptr[i + 1]; k++) if (indices[k] === i) diagonal[i] = values[k]
  return diagonal
}
