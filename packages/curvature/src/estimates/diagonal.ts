import { type LinearOperator, number, type Report, type Solver, solver } from '@opt/core'
import { generatorOf, Products, type SeedOption, signs } from '../operator.ts'

/** Options of {@link diagonal}. */
export interface DiagonalOptions extends SeedOption {
  /** Random vectors, at least 2, one product each. Default 100. */
  probes?: number | undefined
}

/** Report of {@link diagonal} after each probe from the second on. */
export interface DiagonalReport extends Report {
  /** Root mean square of the entries' standard errors. */
  standardError: number
}

/** Answer of {@link diagonal}. */
export interface DiagonalEstimate {
  diagonal: Float64Array
  /** Standard deviation of each entry, estimated from the probes. */
  standardErrors: Float64Array
  /** Products used. */
  products: number
}

/**
 * Estimates the diagonal of an operator by the mean of v * Av, entry by entry, over random vectors of
 * signs (Bekas, Kokiopoulou and Saad 2007). It is unbiased; entry i has the variance of the sum of the
 * squares of the other entries of row i, divided by the number of probes, so that the diagonal of a
 * diagonal operator is exact.
 *
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export const diagonal: Solver<[operator: LinearOperator, options: DiagonalOptions], DiagonalReport, DiagonalEstimate> =
  solver(
    'diagonal',
    function* (operator, { probes = 100, seed }): Generator<DiagonalReport, DiagonalEstimate, boolean> {
      number(probes, 'probes', { integer: true, min: 2 })
      const products = new Products(operator)
      const { n } = products
      const rng = generatorOf(seed)
      const v = new Float64Array(n)
      const out = new Float64Array(n)
      const mean = new Float64Array(n)
      const squares = new Float64Array(n)
      let count = 0
      while (count < probes) {
        signs(rng, v)
        products.apply(v, out)
        count++
        for (let i = 0; i < n; i++) {
          const before = v[i] * out[i] - mean[i]
          mean[i] += before / count
          squares[i] += before * (v[i] * out[i] - mean[i])
        }
        if (count < 2) continue
        const total = squares.reduce((sum, square) => sum + square, 0)
        if (yield { standardError: Math.sqrt(total / n / (count - 1) / count) * products.scale }) break
      }
      return {
        diagonal: mean.map((value) => value * products.scale),
        standardErrors: squares.map((square) => Math.sqrt(square / (count - 1) / count) * products.scale),
        products: count,
      }
    },
    { maxIterations: Number.MAX_SAFE_INTEGER, options: ['probes', 'seed'] },
  )
