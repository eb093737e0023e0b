import { dot, type LinearOperator, number, type Solver, solver } from '@opt/core'
import { Basis } from '../lanczos/basis.ts'
import { generatorOf, Products, type SeedOption, signs } from '../operator.ts'
import { scaled, type TraceEstimate, type TraceReport } from './hutchinson.ts'
import { Sample } from './sample.ts'

/** Options of {@link hutchPlusPlus}. */
export interface HutchPlusPlusOptions extends SeedOption {
  /** Products with the operator, at least 6; a third of as many vectors is kept in memory. Default 90. */
  products?: number | undefined
}

/**
 * Estimates the trace of a symmetric operator by Hutch++ (Meyer, Musco, Musco and Woodruff 2021,
 * algorithm 1): exactly on the range of a random sketch A S, by Hutchinson's estimator on the rest. For a
 * positive semidefinite operator an error of epsilon tr A takes O(1 / epsilon) products, where Hutchinson's
 * takes O(1 / epsilon^2). The standard error is that of the rest; 0 when the sketch spans everything.
 *
 * A run that is stopped before its last third returns Hutchinson's estimate from the vectors of the sketch.
 *
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export const hutchPlusPlus: Solver<
  [operator: LinearOperator, options: HutchPlusPlusOptions],
  TraceReport,
  TraceEstimate
> = solver(
  'hutchPlusPlus',
  function* (operator, { products: budget = 90, seed }): Generator<TraceReport, TraceEstimate, boolean> {
    number(budget, 'products', { integer: true, min: 6 })
    const products = new Products(operator)
    const { n } = products
    const rng = generatorOf(seed)
    const third = Math.floor(budget / 3)
    const Q = new Basis(Math.min(third, n), n)
    const v = new Float64Array(n)
    const out = new Float64Array(n)

    const sketch = new Sample()
    const plain = () => scaled(sketch.mean, sketch.standardError, products)
    while (sketch.count < third) {
      signs(rng, v)
      products.apply(v, Q.next)
      sketch.add(dot(v, Q.next))
      const left = Q.size < n ? Q.orthogonalise() : 0
      if (left > 0) Q.push(left)
      if (sketch.count >= 2 && (yield plain())) return { ...plain(), products: products.count }
    }

    let exact = 0
    for (let j = 0; j < Q.size; j++) {
      products.apply(Q.row(j).slice(), out)
      exact += dot(Q.row(j), out)
      if (yield plain()) return { ...plain(), products: products.count }
    }
    if (Q.size === n) return { ...scaled(exact, 0, products), products: products.count }

    const rest = new Sample()
    const estimate = () => scaled(exact + rest.mean, rest.standardError, products)
    while (rest.count < budget - 2 * third) {
      signs(rng, Q.next)
      Q.orthogonalise()
      v.set(Q.next)
      products.apply(v, out)
      rest.add(dot(v, out))
      const known = rest.count >= 2
      if (yield known ? estimate() : plain()) return { ...(known ? estimate() : plain()), products: products.count }
    }
    return { ...estimate(), products: products.count }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: ['products', 'seed'] },
)
