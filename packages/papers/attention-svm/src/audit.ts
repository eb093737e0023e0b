import {
  calling,
  type Matrix,
  matrix,
  nrm2,
  number,
  oneOf,
  options as optionsOf,
  type Status,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { attentionSVM } from './attention-svm.ts'
import { type FlatCases, readCases } from './cases.ts'
import { type HeadOnCases, select } from './selection.ts'
import { readRelevant } from './svm/read-problem.ts'
import { isLocallyOptimal, readScores } from './token-scores.ts'

/** A head to audit. */
export interface AuditedHead extends HeadOnCases {
  /** Scores of the tokens, from `tokenScores`, if the choice is to be judged by them. */
  scores?: ArrayLike<VectorLike> | undefined
}

/** Options of {@link auditAttention}. */
export interface AuditOptions {
  /** Tokens of a probability above this are relevant. Default 0.001. */
  threshold?: number | undefined
  /** The relevant tokens of each query, in place of those above the threshold. */
  relevant?: ArrayLike<ArrayLike<number>> | undefined
  /** Compare with the SVM of this norm. Default 'frobenius'. */
  norm?: 'frobenius' | 'nuclear' | undefined
}

/** Answer of {@link auditAttention}. */
export interface Audit {
  selected: Int32Array
  probabilities: Float64Array[]
  /** The relevant tokens of each query. */
  relevant: number[][]
  /** For each query, by how much the best score of a relevant token exceeds all others; Infinity where all are relevant. */
  margins: Float64Array
  /** d x e: the part of W in the span of (x_it - x_ir) z_i', t and r relevant, that fixes the weights among them. */
  finite: Matrix
  /** d x e: the SVM in which relevant tokens score alike and others lower by 1; zeros where it is infeasible. */
  maxMargin: Matrix
  /** The c >= 0 with which finite + c maxMargin is nearest to W. */
  scale: number
  /** Cosine of W and finite + scale maxMargin. */
  correlation: number
  /** Cosine of W - finite and maxMargin, which `finite` cannot raise. */
  perpCorrelation: number
  /** Support tokens of the SVM of each query. */
  support: number[][]
  /** Whether the selected tokens score higher than their support tokens; undefined without `scores`. */
  locallyOptimal: boolean | undefined
  /** Of the SVM: 'infeasible' where no head separates the relevant tokens from the others. */
  status: Status
}

/**
 * Audits an attention head: what it selects, by what margins, which tokens support the choice, and how far W is from the
 * max-margin solution of its own choice, to which training tends.
 *
 * Source: Ataee Tarzanagh et al. (2023), W ~ W_fin + R W_mm of nonlinear heads; the second correlation is ours.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function auditAttention(head: AuditedHead, options?: AuditOptions): Audit {
  return calling('auditAttention', () => {
    const { W, scores, ...given } = optionsOf(head, 'head', ['W', 'tokens', 'queries', 'scores'])
    const {
      threshold = 0.001,
      relevant: wanted,
      norm = 'frobenius',
    } = optionsOf(options, 'options', ['threshold', 'relevant', 'norm'])
    number(threshold, 'threshold', { min: 0, max: 1 })
    oneOf(norm, 'norm', ['frobenius', 'nuclear'])
    const cases = readCases(given)
    const ranks = scores && readScores(scores, cases.n)
    ranks?.forEach((list, i) => void vector(list, `scores[${i}]`, { length: cases.starts[i + 1] - cases.starts[i] }))
    const { d, e } = cases
    const own = matrix(W, 'W', { rows: d, columns: e }).data
    const { selected, probabilities, scores: logits } = select(cases, own)
    const relevant =
      wanted === undefined
        ? probabilities.map((weights, i) =>
            Array.from(weights.keys()).filter((t) => t === selected[i] || weights[t] > threshold),
          )
        : readRelevant({ relevant: wanted }, cases).map((list) => [...list].sort((a, b) => a - b))
    const margins = Float64Array.from(logits, (list, i) =>
      list.reduce(
        (least, score, t) => (relevant[i].includes(t) ? least : Math.min(least, best(list, relevant[i]) - score)),
        Infinity,
      ),
    )
    const svm = attentionSVM({ ...given, relevant, norm }, { history: false })
    const finite = softPart(cases, relevant, own)
    const rest = own.map((value, k) => value - finite[k])
    const direction = svm.update.data
    const perpCorrelation = cosine(rest, direction)
    const length = nrm2(direction)
    const scale = length > 0 ? Math.max(0, perpCorrelation * nrm2(rest)) / length : 0
    const model = finite.map((value, k) => value + scale * direction[k])
    return {
      selected,
      probabilities,
      relevant,
      margins,
      finite: ndarray(finite, [d, e]),
      maxMargin: svm.update,
      scale,
      correlation: cosine(own, model),
      perpCorrelation,
      support: svm.support,
      locallyOptimal: ranks && isLocallyOptimal({ scores: ranks, select: selected, support: svm.support }),
      status: svm.status,
    }
  })
}

/**
 * The projection of W on the span of (x_it - x_ir) z_i' for relevant t and r: the smallest matrix that gives the same
 * differences of scores among the relevant tokens, which is an SVM of equations only.
 */
function softPart(
  { n, d, e, starts, tokens, queries }: FlatCases,
  relevant: number[][],
  W: Float64Array,
): Float64Array {
  const lists = relevant.map((list, i) =>
    list.map((t) => tokens.subarray((starts[i] + t) * d, (starts[i] + t + 1) * d)),
  )
  const problem = {
    tokens: lists,
    queries: ndarray(queries, [n, e]),
    relevant: relevant.map((list) => [...list.keys()]),
    base: ndarray(
      W.map((value) => -value),
      [d, e],
    ),
  }
  return attentionSVM(problem, { history: false }).update.data
}

const best = (scores: Float64Array, of: number[]) => of.reduce((most, t) => Math.max(most, scores[t]), -Infinity)

/** The inner product of two vectors divided by their lengths, or 0 where one is 0. */
function cosine(x: Float64Array, y: Float64Array): number {
  const [a, b] = [nrm2(x), nrm2(y)]
  return a > 0 && b > 0 ? x.reduce((sum, value, k) => sum + (value / a) * (y[k] / b), 0) : 0
}
