import { type LinearOperator, type Report, type Solver, solver, type VectorLike } from '@opt/core'
import { Products, type SeedOption, startVector } from '../operator.ts'

/** Options of {@link powerIteration}. */
export interface PowerIterationOptions extends SeedOption {
  /** First vector, length n. Default random. */
  start?: VectorLike | undefined
}

/** Report of {@link powerIteration} after each product. */
export interface PowerIterationReport extends Report {
  /** Residual norm relative to ||A v||. */
  error: number
  /** Rayleigh quotient. */
  value: number
}

/** Answer of {@link powerIteration}. */
export interface PowerIterationSolution {
  value: number
  /** Unit vector. */
  vector: Float64Array
  /** ||A v - value v||: an eigenvalue of A lies within that distance of the value. */
  residual: number
}

/**
 * Computes the eigenvalue of largest magnitude of a symmetric operator by power iteration. It needs one
 * vector of memory and many more products than `extremeEigen`; it does not converge when two eigenvalues
 * of opposite sign share the largest magnitude.
 *
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export const powerIteration: Solver<
  [operator: LinearOperator, options: PowerIterationOptions],
  PowerIterationReport,
  PowerIterationSolution
> = solver(
  'powerIteration',
  function* (operator, { start, seed }) {
    const products = new Products(operator)
    const { n } = products
    const v = startVector(n, start, seed)
    const out = new Float64Array(n)
    for (;;) {
      products.apply(v, out)
      let [value, squares] = [0, 0]
      for (let i = 0; i < n; i++) {
        value += v[i] * out[i]
        squares += out[i] * out[i]
      }
      let distance = 0
      for (let i = 0; i < n; i++) distance += (out[i] - value * v[i]) * (out[i] - value * v[i])
      const size = Math.sqrt(squares)
      const residual = Math.sqrt(distance)
      const stop = yield { error: size === 0 ? 0 : residual / size, value: value * products.scale }
      if (stop || size === 0) return { value: value * products.scale, vector: v, residual: residual * products.scale }
      for (let i = 0; i < n; i++) v[i] = out[i] / size
    }
  },
  { maxIterations: 10_000, options: ['start', 'seed'] },
)
