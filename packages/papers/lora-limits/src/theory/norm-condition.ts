import { calling, log, number, options } from '@opt/core'
import { centreKeys, largest, logitRanges } from '../attention/polynomial-task.ts'
import { prepare } from '../attention/projections.ts'
import { type AttentionBatch, type AttentionHead, type HeadAndBatch, readProblem, refuseMask } from '../head.ts'
import { taylorCoefficients, taylorError } from '../polynomial/exp-polynomial.ts'
import { monomialCount } from '../polynomial/monomials.ts'
import { compare, logitRows } from '../sampling/attention-rows.ts'
import { cost, crossover, type Sizes } from './cost.ts'

/** One degree of Taylor's polynomial for a head. */
export interface DegreeFigures {
  degree: number
  /** k_1 = C(h + g, g). */
  features: number
  /** The worst relative error of exp within the range; absent where it overflows. */
  delta?: number
  /** Measured: sum_t |F - F~| on average over at most 64 of the queries, 0 to 2; absent where a denominator is not positive. */
  error?: number
  /** Lengths from which on a method takes fewer multiplications than exact gradients. */
  crossover: { reverse: number; chained: number }
  /** Multiplications of the reverse method by those of exact gradients, at this length. */
  share: number
}

/** The paper's condition on norms for a head and its tokens, and what each degree costs. */
export interface NormCondition {
  /** max |Q|, max |K| and max |s X_Q B_Q A_Q| over entries. */
  gammaQuery: number
  gammaKey: number
  gammaAdapter: number
  /** sqrt(ln L), L the larger of the numbers of queries and keys. */
  threshold: number
  /**
   * 'below': gammaQuery and gammaKey are at most the threshold (Theorem 3.1; A.1 where K has an adapter). 'above': gammaKey
   * and gammaAdapter exceed it (hardness, Theorem 4.1). Asymptotic statements: the theory has no constant.
   */
  regime: 'below' | 'between' | 'above'
  /** h, and ln L: the theory takes h = O(ln L). */
  headDimension: number
  logLength: number
  /** The largest beta |Q_j| |K_t - mean K|, and the same without the mean subtracted. */
  range: number
  uncentredRange: number
  /** Degrees 1 to 5, as far as they have at most 200,000 features. */
  degrees: DegreeFigures[]
  /** The least odd degree with an error within the tolerance that is cheaper than exact gradients; absent where none is. */
  recommended?: number
}

/** Options of {@link normCondition}. */
export interface NormConditionOptions {
  /** The largest mean |F - F~| for a recommended degree. Default 0.05. */
  tolerance?: number | undefined
}

/**
 * Measures the paper's condition on norms, and what the degrees of the reverse and the chained method would cost.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function normCondition(
  head: AttentionHead,
  batch: Pick<AttentionBatch, 'query' | 'key' | 'value'>,
  given?: NormConditionOptions,
): NormCondition {
  return calling('normCondition', () => {
    const { tolerance = 0.05 } = options(given, 'options', ['tolerance'])
    const problem = readProblem(head, batch, false)
    refuseMask(problem)
    return measure(problem, tolerance, problem.projections.Q.X.rows, problem.projections.K.X.rows)
  })
}

/** Measures the condition for other numbers of queries and keys than there are tokens. */
export function measure(problem: HeadAndBatch, tolerance: number, queries: number, keys: number): NormCondition {
  number(tolerance, 'tolerance', { nonnegative: true })
  const { task } = prepare(problem)
  const sizes = { queries, keys, h: task.h, hv: task.hv }
  const centred = centreKeys(task)
  const { range } = logitRanges(task, centred)
  const length = Math.max(queries, keys)
  const [gammaQuery, gammaKey, gammaAdapter] = [largest(task.Q), largest(task.K), adapterSize(problem)]
  const threshold = Math.sqrt(log(length))
  const rows = logitRows(task, centred, everyOf(task.queries, 64))
  const degrees = [1, 2, 3, 4, 5]
    .filter((degree) => monomialCount(task.h, degree) <= 200_000)
    .map((degree) => figures(degree, sizes, range, compare(rows, taylorCoefficients(degree))))
  const best = degrees.find(
    ({ degree, error = Infinity, share }) => degree % 2 === 1 && error <= tolerance && share < 1,
  )
  return {
    gammaQuery,
    gammaKey,
    gammaAdapter,
    threshold,
    regime:
      Math.max(gammaQuery, gammaKey) <= threshold
        ? 'below'
        : Math.min(gammaKey, gammaAdapter) > threshold
          ? 'above'
          : 'between',
    headDimension: task.h,
    logLength: log(length),
    range,
    uncentredRange: logitRanges(task, task.K).range,
    degrees,
    ...(best && { recommended: best.degree }),
  }
}

function figures(
  degree: number,
  sizes: Sizes,
  range: number,
  { denominators, error }: ReturnType<typeof compare>,
): DegreeFigures {
  const { h, hv } = sizes
  const delta = range <= 700 ? taylorError(range, degree) : Infinity
  return {
    degree,
    features: monomialCount(h, degree),
    ...(delta < Infinity && { delta }),
    ...(denominators.every((d) => d > 0) && error < Infinity && { error }),
    crossover: { reverse: crossover(h, hv, 'reverse', degree), chained: crossover(h, hv, 'chained', degree) },
    share: cost(sizes, 'reverse', degree) / cost(sizes, 'exact'),
  }
}

/** max |s X_Q B_Q A_Q| over entries. */
function adapterSize({ projections: { Q } }: HeadAndBatch): number {
  if (!Q.adapter) return 0
  const { A, B, scale } = Q.adapter
  const { X } = Q
  let most = 0
  const XB = new Float64Array(A.rows)
  for (let j = 0; j < X.rows; j++) {
    for (let k = 0; k < A.rows; k++) {
      XB[k] = 0
      for (let i = 0; i < X.columns; i++) XB[k] += X.data[j * X.columns + i] * B.data[i * A.rows + k]
    }
    for (let c = 0; c < A.columns; c++) {
      let sum = 0
      for (let k = 0; k < A.rows; k++) sum += XB[k] * A.data[k * A.columns + c]
      most = Math.max(most, Math.abs(scale * sum))
    }
  }
  return most
}

/** At most `most` of n indices, at equal distances. */
const everyOf = (n: number, most: number): Int32Array =>
  Int32Array.from({ length: Math.min(n, most) }, (_, i) => Math.floor((i * n) / Math.min(n, most)))
