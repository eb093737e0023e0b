import { calling, exp, type MatrixLike, matrix, options as optionsOf, refuse } from '@opt/core'
import { type Cases, type FlatCases, readCases } from './cases.ts'

/** A head and what it is shown. */
export interface HeadOnCases extends Cases {
  /** d x e: token x has the score x'Wz for query z. */
  W: MatrixLike
}

/** What a head attends to. */
export interface Selection {
  /** The token of the largest score of each query; of equal ones the first. */
  selected: Int32Array
  /** T_i softmax probabilities of each query. */
  probabilities: Float64Array[]
  /** T_i scores x_it'W z_i of each query. */
  scores: Float64Array[]
}

/**
 * Computes what an attention head attends to.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function selection(head: HeadOnCases): Selection {
  return calling('selection', () => {
    const { W, ...given } = optionsOf(head, 'head', ['W', 'tokens', 'queries'])
    const cases = readCases(given)
    return select(cases, matrix(W, 'W', { rows: cases.d, columns: cases.e }).data)
  })
}

/** {@link selection} of checked data. */
export function select({ n, d, e, starts, tokens, queries }: FlatCases, W: Float64Array): Selection {
  const selected = new Int32Array(n)
  const probabilities: Float64Array[] = []
  const scores: Float64Array[] = []
  const image = new Float64Array(d)
  for (let i = 0; i < n; i++) {
    image.fill(0)
    for (let j = 0; j < d; j++) for (let k = 0; k < e; k++) image[j] += W[j * e + k] * queries[i * e + k]
    const own = new Float64Array(starts[i + 1] - starts[i])
    for (let t = 0; t < own.length; t++) {
      for (let j = 0; j < d; j++) own[t] += tokens[(starts[i] + t) * d + j] * image[j]
      if (!Number.isFinite(own[t])) refuse('W', 'of finite scores', `a score of ${own[t]} for query ${i}`)
      if (own[t] > own[selected[i]]) selected[i] = t
    }
    const weights = own.map((score) => exp(score - own[selected[i]]))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    probabilities.push(weights.map((weight) => weight / total))
    scores.push(own)
  }
  return { selected, probabilities, scores }
}
