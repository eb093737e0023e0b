import { calling, exp, type Matrix, number, options, refuse, type VectorLike } from '@opt/core'
import { centreKeys, logitRanges } from '../attention/polynomial-task.ts'
import { prepare } from '../attention/projections.ts'
import type { Task } from '../attention/task.ts'
import { type AttentionBatch, type AttentionHead, readProblem, refuseMask, toMatrix } from '../head.ts'
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
    const problem = readProblem(head, batch, false)
    refuseMask(problem)
    const { task } = prepare(problem)
    const queries = readRows(rows, task.queries)
    const centred = centreKeys(task)
    const { range } = logitRanges(task, centred)
    const coefficients = choosePolynomial(polynomial, range, degree)
    if (!coefficients) refuse('degree', `large enough for an error below 1 on [-${range}, ${range}]`, String(degree))
    return compare(logitRows(task, centred, queries), coefficients!)
  })
}

/** Logits, the keys' mean subtracted, and exact attention of some queries, a query a row. */
export interface RowsOfLogits {
  readonly logits: Float64Array
  readonly exact: Float64Array
  readonly rows: number
  readonly keys: number
}

/** Returns logits and exact attention of some queries. */
export function logitRows({ keys, h, beta, Q }: Task, centred: Float64Array, rows: Int32Array): RowsOfLogits {
  const logits = new Float64Array(rows.length * keys)
  const exact = new Float64Array(rows.length * keys)
  rows.forEach((query, i) => {
    const [first, end] = [i * keys, (i + 1) * keys]
    let most = -Infinity
    for (let t = 0; t < keys; t++) {
      let x = 0
      for (let c = 0; c < h; c++) x += Q[query * h + c] * centred[t * h + c]
      logits[first + t] = beta * x
      most = Math.max(most, beta * x)
    }
    let total = 0
    for (let k = first; k < end; k++) total += exact[k] = exp(logits[k] - most)
    for (let k = first; k < end; k++) exact[k] /= total
  })
  return { logits, exact, rows: rows.length, keys }
}

/** Compares the attention of some queries with that of a polynomial. */
export function compare({ logits, exact, rows, keys }: RowsOfLogits, coefficients: Float64Array): AttentionRows {
  const approximate = new Float64Array(rows * keys)
  const denominators = new Float64Array(rows)
  let error = 0
  for (let i = 0; i < rows; i++) {
    const [first, end] = [i * keys, (i + 1) * keys]
    for (let k = first; k < end; k++) denominators[i] += approximate[k] = evaluate(coefficients, logits[k])
    for (let k = first; k < end; k++) {
      approximate[k] /= denominators[i]
      error += Math.abs(exact[k] - approximate[k]) / rows
    }
  }
  return { exact: toMatrix(exact, rows, keys), approximate: toMatrix(approximate, rows, keys), denominators, error }
}
