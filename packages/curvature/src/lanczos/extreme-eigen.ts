import { type LinearOperator, number, oneOf, type Report, type Solver, solver, type VectorLike } from '@opt/core'
import { ascending } from '../eigen/order.ts'
import { generatorOf, Products, type SeedOption, startVector } from '../operator.ts'
import { errorOf, first, Projection, type RitzPairs } from './projection.ts'
import { WHICH, type Which } from './which.ts'

/** Options of {@link extremeEigen}. */
export interface ExtremeEigenOptions extends SeedOption {
  /** Number of eigenvalues. Default 1. */
  count?: number | undefined
  /** Which end of the spectrum; 'both' takes half of the count from each, 'magnitude' the largest |values|. Default 'largest'. */
  which?: Which | undefined
  /** Vectors kept at most; more memory, fewer products. Default max(3 count + 6, 20), at most n. */
  subspace?: number | undefined
  /** First vector, length n. Default random. */
  start?: VectorLike | undefined
}

/** Report of {@link extremeEigen} after each product. */
export interface ExtremeEigenReport extends Report {
  /** Largest residual norm relative to the largest |eigenvalue|; 1 until the subspace is full for the first time. */
  error: number
  /** Products so far. */
  products: number
}

/** Answer of {@link extremeEigen}. */
export interface ExtremeEigenSolution {
  /** Ascending; fewer than `count` when the run was stopped before it had as many vectors. */
  values: Float64Array
  /** The unit eigenvector of each value. */
  vectors: Float64Array[]
  /** ||A v - value v|| of each pair, computed from v: an eigenvalue of A lies within that distance of the value. */
  residuals: Float64Array
  /** Products used, those of the residuals included. */
  products: number
}

/** Errors below this are rounding; a smaller tolerance cannot be asked for. */
const ROUNDING = 1e-15

/**
 * Computes extreme eigenvalues and eigenvectors of a symmetric operator by the thick-restart Lanczos
 * method with full reorthogonalisation (Wu and Simon 2000).
 *
 * `error` is the largest residual norm relative to the largest |eigenvalue| seen; before a run counts as
 * converged, residuals are computed from the vectors, and a fresh random vector searches the complement
 * of what was found for eigenvalues that are missing: a Krylov space sees one copy of a repeated one. A
 * run whose residuals cannot fall below the tolerance ends as 'stalled'; so does, as a rule, one whose operator
 * is not symmetric.
 *
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export const extremeEigen: Solver<
  [operator: LinearOperator, options: ExtremeEigenOptions],
  ExtremeEigenReport,
  ExtremeEigenSolution
> = solver(
  'extremeEigen',
  function* (operator, options) {
    const { count = 1, which = 'largest', seed, start } = options
    const { tolerance } = options as { tolerance: number }
    number(tolerance, 'tolerance', { max: 0.1 })
    const products = new Products(operator)
    const { n } = products
    number(count, 'count', { integer: true, min: 1, max: n })
    oneOf(which, 'which', WHICH)
    const fallback = Math.min(n, Math.max(3 * count + 6, 20))
    const subspace = number(options.subspace ?? fallback, 'subspace', {
      integer: true,
      min: Math.min(n, count + 2),
      max: n,
    })
    const rng = generatorOf(seed)
    const projection = new Projection(products, subspace, rng)
    projection.start(startVector(n, start, rng))

    const least = Math.max(tolerance, ROUNDING)
    let error = 1
    let found: RitzPairs | undefined
    for (;;) {
      while (projection.size < subspace) {
        projection.step()
        if (yield { error, products: products.count })
          return answer(projection, projection.best(which, count), products)
      }
      const kept = projection.best(which, count + Math.ceil((subspace - count) / 2))
      const ritz = first(count, kept)
      // Twice the residual of the recurrence, which does not see what a restart afresh leaves out.
      if (2 * errorOf(ritz) > least) {
        error = 2 * errorOf(ritz)
        found = undefined
        projection.restart(kept)
      } else if (subspace < n && !(found && agree(found, ritz, least))) {
        found = ritz
        projection.restart(ritz, 'afresh')
      } else if (subspace < n && !settled(kept, count, which, least)) projection.restart(kept)
      else break
    }
    const solution = answer(projection, projection.best(which, count), products)
    yield { error: solution.error, products: products.count }
    return solution.error > tolerance ? { ...solution, message: 'the residuals no longer fall' } : solution
  },
  { tolerance: 1e-8, maxIterations: 100_000, options: ['count', 'which', 'subspace', 'start', 'seed'] },
)

/** Whether two answers have the same values, within the relative tolerance. */
function agree(a: RitzPairs, b: RitzPairs, tolerance: number): boolean {
  return a.values.every((value, i) => Math.abs(value - b.values[i]) <= 2 * tolerance * b.peak)
}

/**
 * Whether the pairs that follow the wanted ones have come close enough to eigenvalues to tell that
 * these are less wanted, or equal.
 */
function settled({ values, residuals, peak }: RitzPairs, count: number, which: Which, tolerance: number): boolean {
  const ends = which === 'both' ? 2 : 1
  const size = which === 'magnitude' ? Math.abs : (value: number) => value
  for (let i = count; i < count + ends && i < values.length; i++) {
    if (i < ends) continue
    const margin = Math.abs(size(values[i - ends]) - size(values[i]))
    if (residuals[i] > Math.max(tolerance * peak, margin / 2)) return false
  }
  return true
}

function answer(projection: Projection, ritz: RitzPairs, products: Products): ExtremeEigenSolution & { error: number } {
  const order = ascending(ritz.values)
  const vectors = Array.from(order, (i) => projection.vector(ritz, i))
  const values = Float64Array.from(order, (i) => ritz.values[i])
  const out = new Float64Array(products.n)
  const residuals = values.map((value, i) => {
    products.apply(vectors[i], out)
    let sum = 0
    for (let j = 0; j < out.length; j++) {
      const r = out[j] - value * vectors[i][j]
      sum += r * r
    }
    return Math.sqrt(sum)
  })
  const worst = residuals.reduce((most, r) => Math.max(most, r), 0)
  const { scale } = products
  return {
    values: values.map((value) => value * scale),
    vectors,
    residuals: residuals.map((r) => r * scale),
    products: products.count,
    error: ritz.peak === 0 ? worst : worst / ritz.peak,
  }
}
