import { callback, type LinearOperator, type Report, refuse, type Solver, show, solver } from '@opt/core'
import type { TraceEstimate } from './hutchinson.ts'
import { type QuadratureOptions, quadrature, type Rule } from './quadrature.ts'
import { Sample } from './sample.ts'

/** Report of {@link traceOf} and `spectralDensity` after each product. */
export interface QuadratureReport extends Report {
  /** The random vector at work, from 1. */
  probe: number
  /** Products so far. */
  products: number
}

/**
 * Estimates tr f(A), the sum of f over all eigenvalues of a symmetric operator, by stochastic Lanczos
 * quadrature (Ubaru, Chen and Saad 2017): `traceOf(A, Math.log)` is the log-determinant. The standard
 * error is that of the random vectors, Infinity for one; the error of the quadrature falls with `steps`,
 * geometrically for an f that is smooth on the spectrum, and is not part of it.
 *
 * @param f is called at numbers between the smallest and the largest eigenvalue.
 * @throws TypeError or RangeError when an argument is wrong, a product is not finite, or f is not.
 */
export const traceOf: Solver<
  [operator: LinearOperator, f: (eigenvalue: number) => number, options: QuadratureOptions],
  QuadratureReport,
  TraceEstimate
> = solver(
  'traceOf',
  function* (operator, f, options): Generator<QuadratureReport, TraceEstimate, boolean> {
    callback(f, 'f')
    const { rules, products } = yield* quadrature(operator, options)
    return { ...traceFrom(rules, products.n, f), products: products.count }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: ['probes', 'steps', 'seed'] },
)

/** n times the mean of f over the rules, and its standard error. */
export function traceFrom(rules: Rule[], n: number, f: (node: number) => number): Omit<TraceEstimate, 'products'> {
  const sample = new Sample()
  for (const { nodes, weights } of rules)
    sample.add(
      nodes.reduce((sum, node, i) => {
        const value: unknown = f(node)
        if (typeof value !== 'number' || !Number.isFinite(value))
          refuse(`f(${node})`, 'a finite number', show(value), typeof value === 'number' ? 'range' : 'type')
        return sum + weights[i] * value
      }, 0),
    )
  return { trace: n * sample.mean, standardError: n * sample.standardError }
}
