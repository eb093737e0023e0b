import { calling, exp, type Matrix, number, options, type VectorLike } from '@opt/core'
import { centreKeys, logitRanges } from '../attention/polynomial-task.ts'
import { prepare } from '../attention/projections.ts'
import type { Task } from '../attention/task.ts'
import { type AttentionBatch, type AttentionHead, readProblem, toMatrix } from '../head.ts'
import { evaluate } from '../polynomial/derivative-errors.ts'
import { choosePolynomial } from '../polynomial/exp-polynomial.ts'
import { readRows } from './correction.ts'

/** What a polynomial makes of the attention of some queries. */
export interface AttentionRows {
  /** softmax(beta Q K'), a query a row. */
  exact: Matrix
  /** p(x) / sum p. */
  approximate: Matrix
  /** sum_t p(x_jt): not positive out of the polynomial's range. */
  denominators: Float64Array
  /** sum of |exact - approximate|, on average over the queries: 0 to 2 for probabilities. */
  error: number
}

/**
 * Returns the exact and the approximate attention of some queries, to look at.
 *
 * @param rows the queries, different; the answer has them in ascending order.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function attentionRows(
  head: AttentionHead,
  batch: Pick<AttentionBatch, 'query' | 'key'>,
  rows: VectorLike,
  given?: { degree?: number; polynomial?: 'taylor' | 'minimax' | { readonly coefficients: VectorLike } },
): AttentionRows {
  return calling('attentionRows', () => {
    const { degree = 3, polynomial = 'taylor' } = options(given, 'options', ['degree', 'polynomial'])
    number(degree, 'degree', { integer: true, min: 1, max: 60 })
    const { task } = prepare(readProblem(head, batch, false))
    const queries = readRows(rows, task.queries)
    const keys = centreKeys(task)
    const coefficients = choosePolynomial(polynomial, logitRanges(task, keys.centred).range, degree)
    return compare(task, keys.centred, coefficients, queries)
  })
}

/** Compares the attention of some queries with that of a polynomial. */
export function compare(
  task: Task,
  centred: Float64Array,
  coefficients: Float64Array,
  rows: Int32Array,
): AttentionRows {
  const { keys, h, beta, Q } = task
  const [exact, approximate] = [new Float64Array(rows.length * keys), new Float64Array(rows.length * keys)]
  const denominators = new Float64Array(rows.length)
  let error = 0
  rows.forEach((query, i) => {
    const F = exact.subarray(i * keys, (i + 1) * keys)
    const P = approximate.subarray(i * keys, (i + 1) * keys)
    let most = -Infinity
    for (let t = 0; t < keys; t++) {
      let x = 0
      for (let c = 0; c < h; c++) x += Q[query * h + c] * centred[t * h + c]
      F[t] = beta * x
      most = Math.max(most, F[t])
    }
    let total = 0
    for (let t = 0; t < keys; t++) {
      P[t] = evaluate(coefficients, F[t])
      denominators[i] += P[t]
      F[t] = exp(F[t] - most)
      total += F[t]
    }
    for (let t = 0; t < keys; t++) {
      F[t] /= total
      P[t] /= denominators[i]
      error += Math.abs(F[t] - P[t]) / rows.length
    }
  })
  return {
    exact: toMatrix(exact, rows.length, keys),
    approximate: toMatrix(approximate, rows.length, keys),
    denominators,
    error,
  }
}
