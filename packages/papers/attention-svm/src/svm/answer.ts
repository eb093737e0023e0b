import { type Matrix, nrm2 } from '@opt/core'
import ndarray from 'ndarray'
import { factor } from './factors.ts'
import type { Result } from './problem.ts'
import type { ReadProblem } from './read-problem.ts'
import { type AttentionSVMState, writeState } from './state.ts'

/** A row of the SVM: a token that a query shall not choose, or another of its relevant tokens. */
export interface DualRow {
  query: number
  token: number
  /** The multiplier l_c; of either sign for relevant tokens. */
  weight: number
  /** By how much the chosen token's score exceeds this one's under the edited head. */
  margin: number
}

/** Answer of {@link attentionSVM}. */
export interface AttentionSVMSolution {
  /** The update, d x e. */
  update: Matrix
  /** The edited head, d x e: base + update. */
  W: Matrix
  /** d x rank: update = K Q', with |K|_F^2 = |Q|_F^2 = |update|_*. */
  K: Matrix
  /** e x rank. */
  Q: Matrix
  rank: number
  /** The update's norm: Frobenius or nuclear. */
  norm: number
  /** What was minimised: the norm, or with softness |update|_F^2 / 2 or |update|_* plus the price of what is missing. */
  objective: number
  /** Proven lower bound of the objective of any update. */
  lower: number
  /** For each query the least margin of its chosen token over those it shall not choose; Infinity where there are none. */
  margins: Float64Array
  /**
   * All rows, by query and token. With A*(l) the sum of weight (x_select - x_token) z', they prove `lower`. Where the
   * problem is infeasible they are the certificate: A*(l) is next to nothing, and l'h is not.
   */
  dual: DualRow[]
  /** For each query the tokens at the margin, up to 1e-6 of it (nuclear 1e-4), or short of it: its support tokens. */
  support: number[][]
  /** To `resume` from; undefined where the exact active set solved the problem. */
  state?: AttentionSVMState | undefined
}

/** What the driver makes of an answer besides. */
interface Verdict {
  message?: string
  status?: 'infeasible'
}

/** An update this many times its units warns of a problem that is nearly infeasible. */
const NEARLY_INFEASIBLE = 1000

/** Makes an answer of a method's result. */
export function answerOf(problem: ReadProblem, result: Result): AttentionSVMSolution & Verdict {
  const { d, e } = problem.cases
  const { norm, softness, unitObjective, unitDual, pairs, margin } = problem
  const update = problem.restore(result.W)
  const W = Float64Array.from(update, (value, k) => problem.base[k] + value)
  const factors = factor(update, d, e, norm === 'nuclear' && result.rank > 0 ? result.rank : undefined)
  const size = norm === 'frobenius' ? nrm2(update) : factors.singularValues.reduce((sum, value) => sum + value, 0)
  const scores = scoresOf(problem, W)
  const margins = new Float64Array(problem.cases.n).fill(Infinity)
  const support: number[][] = Array.from(margins, () => [])
  const atMargin = margin * (1 + (norm === 'nuclear' ? 1e-4 : 1e-6))
  let missing = 0
  pairs.forEach(({ query, token, isEquation }, c) => {
    if (isEquation) return
    margins[query] = Math.min(margins[query], scores[c])
    if (scores[c] <= atMargin) support[query].push(token)
    missing += Math.max(0, margin - scores[c])
  })
  const objective =
    softness === undefined ? size : (norm === 'frobenius' ? (size * size) / 2 : size) + softness * missing
  return {
    update: ndarray(update, [d, e]),
    W: ndarray(W, [d, e]),
    K: factors.K,
    Q: factors.Q,
    rank: factors.rank,
    norm: size,
    objective,
    lower: Math.max(0, result.lower) * unitObjective,
    margins,
    dual: pairs.map(({ query, token }, c) => ({ query, token, weight: result.dual[c] * unitDual, margin: scores[c] })),
    support,
    ...(result.state && { state: writeState(result.state) }),
    ...(softness === undefined &&
      nrm2(result.W) > NEARLY_INFEASIBLE && { message: 'the problem is nearly infeasible: the update is very large' }),
  }
}

/** The answer where no update exists: none is made, and the weights prove it. */
export function infeasible(problem: ReadProblem, proof?: Result): AttentionSVMSolution & Verdict {
  const { scaled, contradictions, pairs } = problem
  const nothing = new Float64Array(scaled.rows.p * scaled.rows.q)
  const dual = proof?.dual ?? Float64Array.from(pairs, (pair) => (contradictions.includes(pair) ? 1 : 0))
  const answer = answerOf(problem, { feasible: false, W: nothing, dual, lower: 0, rank: 0 })
  const named = contradictions
    .slice(0, 3)
    .map(({ query, token }) => `query ${query} cannot tell its token ${token} from the one to choose`)
  const why = named.length > 0 ? named.join(', ') : 'the weights in `dual` prove that no update meets all margins'
  return { ...answer, lower: proof ? proof.lower * problem.unitObjective : 0, status: 'infeasible', message: why }
}

/** x_select' W z - x_token' W z of all rows, from the caller's data. */
function scoresOf({ cases, pairs, relevant }: ReadProblem, W: Float64Array): Float64Array {
  const { d, e, starts, tokens, queries } = cases
  const image = new Float64Array(d)
  let current = -1
  return Float64Array.from(pairs, ({ query, token }) => {
    if (query !== current) {
      image.fill(0)
      for (let j = 0; j < d; j++) for (let k = 0; k < e; k++) image[j] += W[j * e + k] * queries[query * e + k]
      current = query
    }
    const chosen = (starts[query] + relevant[query][0]) * d
    const other = (starts[query] + token) * d
    let sum = 0
    for (let j = 0; j < d; j++) sum += (tokens[chosen + j] - tokens[other + j]) * image[j]
    return sum
  })
}
