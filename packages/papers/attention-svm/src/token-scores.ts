import { calling, number, options as optionsOf, refuse, type VectorLike, vector } from '@opt/core'
import { simplex } from '@opt/sets'
import { readCases, readList, readPlaces, type Tokens } from './cases.ts'

/** Tokens, their labels, and a linear head. */
export interface ScoredTokens {
  tokens: Tokens
  /** n labels, each 1 or -1. */
  labels: VectorLike
  /** d entries of the head v'u. */
  v: VectorLike
}

/**
 * Computes the score Y_i v'x_it of each token: how much it lowers the loss to attend to it.
 *
 * @returns T_i scores for each of n queries.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function tokenScores(given: ScoredTokens): Float64Array[] {
  return calling('tokenScores', () => {
    const { tokens, labels, v } = optionsOf(given, 'given', ['tokens', 'labels', 'v'])
    const signs = vector(labels, 'labels')
    const { n, d, starts, tokens: flat } = readCases({ tokens, queries: Array.from(signs, () => [1]) })
    const head = vector(v, 'v', { length: d })
    for (const [i, sign] of signs.entries()) if (sign !== 1 && sign !== -1) refuse(`labels[${i}]`, '1 or -1', `${sign}`)
    return Array.from({ length: n }, (_, i) =>
      Float64Array.from({ length: starts[i + 1] - starts[i] }, (_, t) => {
        let sum = 0
        for (let j = 0; j < d; j++) sum += flat[(starts[i] + t) * d + j] * head[j]
        if (!Number.isFinite(sum)) refuse(`tokens[${i}]`, 'of finite scores', `a score of ${sum}`)
        return signs[i] * sum
      }),
    )
  })
}

/**
 * Picks the token of the largest score of each query; of equal ones the first.
 *
 * @param scores T_i numbers for each of n queries.
 * @throws TypeError or RangeError when the scores are none.
 */
export function optimalTokens(scores: ArrayLike<VectorLike>): Int32Array {
  return calling('optimalTokens', () =>
    Int32Array.from(readScores(scores), (own) => own.reduce((best, score, t) => (score > own[best] ? t : best), 0)),
  )
}

/** A choice of tokens and the support tokens of its SVM. */
export interface Choice {
  scores: ArrayLike<VectorLike>
  /** The chosen token of each query. */
  select: ArrayLike<number>
  /** Support tokens of each query, from `attentionSVM`: of the Frobenius SVM for training of W, of the nuclear one for KQ. */
  support: ArrayLike<ArrayLike<number>>
}

/**
 * Tells whether a choice is locally optimal: each chosen token scores higher than all support tokens of its query. Only
 * such choices are limits of gradient descent.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function isLocallyOptimal(choice: Choice): boolean {
  return calling('isLocallyOptimal', () => {
    const { scores, select, support } = optionsOf(choice, 'choice', ['scores', 'select', 'support'])
    const lists = readScores(scores)
    const chosen = vector(select, 'select', { length: lists.length })
    readList(support, 'support', lists.length)
    const ends = lists.map((own, i) => ({
      best: own[number(chosen[i], `select[${i}]`, { integer: true, min: 0, max: own.length - 1 })],
      others: readPlaces(support[i], `support[${i}]`, own.length).map((t) => own[t]),
    }))
    return ends.every(({ best, others }) => others.every((score) => best > score))
  })
}

/**
 * Returns the attention weights that are best under a quadratic head v'u - lambda |u|^2 over orthonormal tokens: the
 * projection of scores / (2 lambda) on the simplex. For lambda = 0 all weight is on the largest score, or shared by equal ones.
 *
 * @param scores v'x_t of each token.
 * @param lambda nonnegative.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function optimalMixture(scores: VectorLike, lambda: number): Float64Array {
  return calling('optimalMixture', () => {
    const own = vector(scores, 'scores')
    number(lambda, 'lambda', { nonnegative: true })
    const most = own.reduce((best, score) => Math.max(best, score), -Infinity)
    // A shift of all scores does not move the projection; below -1 a weight is 0 in any case.
    const weights = own.map((score) =>
      score === most ? 0 : lambda > 0 ? Math.max(-2, (score - most) / (2 * lambda)) : -2,
    )
    simplex({ dimension: own.length }).projectInPlace(weights)
    return weights
  })
}

/** Checks lists of scores, one for each query. */
export function readScores(scores: ArrayLike<VectorLike>, n?: number): Float64Array[] {
  return Array.from(readList(scores, 'scores', n), (own, i) => vector(own, `scores[${i}]`))
}
