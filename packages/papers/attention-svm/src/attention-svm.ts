import { type Report, type Solver, solver } from '@opt/core'
import { type AttentionSVMSolution, answerOf, infeasible } from './svm/answer.ts'
import { exact, frobenius } from './svm/frobenius.ts'
import { nuclear } from './svm/nuclear.ts'
import type { Method, SavedArrays, ScaledProblem } from './svm/problem.ts'
import { type AttentionSVMProblem, readProblem } from './svm/read-problem.ts'
import { type AttentionSVMState, readState } from './svm/state.ts'

/** Options of {@link attentionSVM}. */
export interface AttentionSVMOptions {
  /** The `state` of an earlier answer to the same problem: goes on from there, to the same bits. */
  resume?: AttentionSVMState | undefined
}

/** What {@link attentionSVM} reports after each iteration. */
export interface AttentionSVMReport extends Report {
  /** (upper - lower) / upper; 1 while there is no upper bound. */
  error: number
  /** Proven: no update has a smaller norm, or objective. */
  lower: number
  /** Norm, or objective, of the best update so far; undefined while there is none. */
  upper: number | undefined
  /** Rank of that update; of the exact active set, the number of its rows. */
  rank: number
}

/**
 * Finds the smallest update of an attention head x'Wz with which every query z_i attends to the token that it shall:
 *
 *     min |update|   subject to   (x_i,select - x_it)' (base + update) z_i >= margin   for all i and t
 *
 * in the Frobenius norm, the limit of training W, or in the nuclear norm, that of training W = K Q', whose answer has a
 * low rank: a LoRA adapter. `softness` C lets margins be missed at a price, |update|_F^2 / 2 or |update|_* plus C times
 * the sum of what is missing. `relevant` lists several tokens of equal score for a query.
 *
 * The Frobenius problem is solved by an exact active set (soft margins, and problems beyond 1500 rows and entries of W
 * in which no row is met yet, by dual coordinate ascent), the nuclear one by ADMM. `error` is the relative distance of a feasible update to a proven lower bound;
 * `tolerance` is 1e-6. The status is 'infeasible' where no update exists (or only one 30,000 times the size of the
 * problem's units): the dual weights then prove it.
 *
 * Source: Ataee Tarzanagh, Li, Thrampoulidis and Oymak (2023), the SVMs to which training of W and of (K, Q) tends;
 * bases, soft margins and certificates are ours.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const attentionSVM: Solver<
  [problem: AttentionSVMProblem, options: AttentionSVMOptions],
  AttentionSVMReport,
  AttentionSVMSolution
> = /* @__PURE__ */ solver(
  'attentionSVM',
  function* (given, { resume }) {
    const problem = readProblem(given)
    const { scaled, unitObjective, norm } = problem
    if (problem.contradictions.length > 0) return infeasible(problem)
    const method = solve(scaled, norm, resume && readState(resume, problem))
    let next = method.next()
    while (!next.done) {
      const { lower, upper, rank } = next.value
      const error = upper === undefined ? 1 : upper > 0 ? Math.max(0, upper - lower) / upper : 0
      const report = { error, lower: lower * unitObjective, upper: upper && upper * unitObjective, rank }
      next = method.next(yield report)
    }
    return next.value.feasible ? answerOf(problem, next.value) : infeasible(problem, next.value)
  },
  { maxIterations: 10_000, options: ['resume'] },
)

/** Chooses the method; the nuclear one starts from the feasible W of least Frobenius norm. */
function* solve(problem: ScaledProblem, norm: 'frobenius' | 'nuclear', state?: SavedArrays): Method {
  if (norm === 'frobenius') return yield* frobenius(problem, state)
  let start: Float64Array = new Float64Array(problem.rows.p * problem.rows.q)
  if (problem.C === Infinity && !state) {
    const first = yield* exact(problem, false)
    if (!first.feasible || first.upper === undefined) return first
    start = first.W
  }
  return yield* nuclear(problem, start, state)
}
