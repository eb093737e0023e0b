import { dot, type LinearOperator, number, type Report, type Solver, solver } from '@opt/core'
import { generatorOf, Products, type SeedOption, signs } from '../operator.ts'
import { Sample } from './sample.ts'

/** Options of {@link hutchinson}. */
export interface HutchinsonOptions extends SeedOption {
  /** Random vectors, at least 2, one product each. Default 100. */
  probes?: number | undefined
}

/** Report of the estimators of traces. */
export interface TraceReport extends Report {
  trace: number
  standardError: number
}

/** An estimated trace. */
export interface TraceEstimate {
  trace: number
  /** Standard deviation of the estimate, itself estimated from the probes. */
  standardError: number
  /** Products used. */
  products: number
}

/**
 * Estimates the trace of an operator by the mean of v'Av over random vectors of signs (Hutchinson 1989).
 * The estimate is unbiased; its variance is 2 (||A||_F^2 - sum of A_ii^2) / probes for a symmetric A.
 *
 * The first report comes after two probes; `stopWhen: ({ trace, standardError }) => ...` ends a run that
 * is accurate enough.
 *
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export const hutchinson: Solver<[operator: LinearOperator, options: HutchinsonOptions], TraceReport, TraceEstimate> =
  solver(
    'hutchinson',
    function* (operator, { probes = 100, seed }): Generator<TraceReport, TraceEstimate, boolean> {
      number(probes, 'probes', { integer: true, min: 2 })
      const products = new Products(operator)
      const rng = generatorOf(seed)
      const v = new Float64Array(products.n)
      const out = new Float64Array(products.n)
      const sample = new Sample()
      const estimate = () => scaled(sample.mean, sample.standardError, products)
      while (products.count < probes) {
        signs(rng, v)
        products.apply(v, out)
        sample.add(dot(v, out))
        if (sample.count >= 2 && (yield estimate())) break
      }
      return { ...estimate(), products: products.count }
    },
    { maxIterations: Number.MAX_SAFE_INTEGER, options: ['probes', 'seed'] },
  )

export const scaled = (trace: number, standardError: number, { scale }: Products): TraceReport => ({
  trace: trace * scale,
  standardError: standardError * scale,
})
