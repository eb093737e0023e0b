import { type MatrixLike, matrix, nrm2, number, oneOf, options as optionsOf, refuse, show } from '@opt/core'
import { type Cases, type FlatCases, readCases, readList, readPlaces } from '../cases.ts'
import { basis } from '../linear/basis.ts'
import type { ScaledProblem } from './problem.ts'
import { Rows } from './rows.ts'
import { lift, project, rootMeanSquare } from './units.ts'

/** Which tokens each query shall choose, and how. */
export interface AttentionSVMProblem extends Cases {
  /** The token that each query shall attend to: n indices. */
  select?: ArrayLike<number> | undefined
  /** In place of `select`: n lists of tokens that share the attention, with equal scores. */
  relevant?: ArrayLike<ArrayLike<number>> | undefined
  /** d x e: the head as it is; the answer is the smallest update of it. Default 0. */
  base?: MatrixLike | undefined
  /** By how much the score of a chosen token must exceed those of the others. Default 1. */
  margin?: number | undefined
  /** Which norm is minimised. Default 'frobenius'. */
  norm?: 'frobenius' | 'nuclear' | undefined
  /** Price of a missing unit of margin. Default: none may be missing. */
  softness?: number | undefined
}

const PROBLEM = ['tokens', 'queries', 'select', 'relevant', 'base', 'margin', 'norm', 'softness'] as const

/** A row of the SVM in the caller's terms. */
export interface Pair {
  query: number
  /** The token that must score lower than the chosen one, or alike. */
  token: number
  isEquation: boolean
}

/** A checked problem: the caller's data, the scaled form that the methods solve, and the way back. */
export interface ReadProblem {
  cases: FlatCases
  /** Lists of relevant tokens, the first of which is the one compared with. */
  relevant: Int32Array[]
  pairs: Pair[]
  base: Float64Array
  margin: number
  norm: 'frobenius' | 'nuclear'
  softness: number | undefined
  scaled: ScaledProblem
  /** Multiply scaled W by it for the caller's units. */
  unitW: number
  /** The same for objectives. */
  unitObjective: number
  /** The same for multipliers. */
  unitDual: number
  /** Returns a W of the scaled problem as a d x e matrix of the caller's units. */
  restore(W: Float64Array): Float64Array
  /** Pairs of equal tokens that should score differently. */
  contradictions: Pair[]
}

/** Checks the problem of `attentionSVM` and scales it; labels of errors begin with its fields. */
export function readProblem(given: AttentionSVMProblem): ReadProblem {
  const options = optionsOf(given, 'problem', PROBLEM)
  const { norm = 'frobenius', softness } = options
  const margin = number(options.margin ?? 1, 'margin', { positive: true })
  oneOf(norm, 'norm', ['frobenius', 'nuclear'])
  if (softness !== undefined) number(softness, 'softness', { positive: true })
  const cases = readCases(options)
  const { n, d, e } = cases
  const relevant = readRelevant(options, cases)
  const base =
    options.base === undefined ? new Float64Array(d * e) : matrix(options.base, 'base', { rows: d, columns: e }).data
  const { pairs, starts, deltas } = differences(cases, relevant)

  // In units of the data's sizes no product over- or underflows.
  const tokenUnit = rootMeanSquare(deltas, pairs.length)
  const queryUnit = rootMeanSquare(cases.queries, n)
  const small = deltas.map((value) => value / tokenUnit)
  const queries = cases.queries.map((value) => value / queryUnit)
  const tokenBasis = basis(small, d)
  const queryBasis = basis(queries, e)
  const p = tokenBasis ? tokenBasis.length / d : d
  const q = queryBasis ? queryBasis.length / e : e
  const reduced = tokenBasis ? project(small, tokenBasis, d) : small
  const reducedQueries = queryBasis ? project(queries, queryBasis, e) : queries.slice()
  const first = new Rows(p, q, starts, reduced, reducedQueries)
  const size = nrm2(first.norms) / Math.sqrt(Math.max(1, first.m)) || 1
  for (let k = 0; k < reducedQueries.length; k++) reducedQueries[k] /= size
  const rows = new Rows(p, q, starts, reduced, reducedQueries)

  // Right sides: what the base leaves to do.
  const full = new Rows(d, e, starts, small, queries)
  const scores = new Float64Array(pairs.length)
  full.apply(
    base.map((value) => value * tokenUnit * queryUnit),
    scores,
  )
  const h = scores.map((score, c) => (pairs[c].isEquation ? 0 : margin) - score)
  for (const value of h)
    if (!Number.isFinite(value)) refuse('base', 'of scores within the range of doubles', `a score of ${value}`)
  const side = h.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  for (let c = 0; c < h.length; c++) h[c] /= side
  const unitW = side / tokenUnit / queryUnit / size
  const isEquation = pairs.some((pair) => pair.isEquation)
    ? Uint8Array.from(pairs, (pair) => Number(pair.isEquation))
    : undefined
  const isSquared = softness !== undefined && norm === 'frobenius'
  // |W|^2 / 2 + C sum(..) has the units of W squared, |W|_* + C sum(..) those of W.
  const C = softness === undefined ? Infinity : (softness * side) / unitW / (isSquared ? unitW : 1)
  if (softness !== undefined && !(C > 0 && C < Infinity))
    refuse('softness', 'within the range of doubles in units of the data', show(softness))
  return {
    cases,
    relevant,
    pairs,
    base,
    margin,
    norm,
    softness,
    scaled: { rows, h, isEquation, C },
    unitW,
    unitObjective: isSquared ? unitW * unitW : unitW,
    unitDual: (isSquared || (softness === undefined && norm === 'frobenius') ? unitW * unitW : unitW) / side,
    restore(W) {
      const out = lift(W, p, q, tokenBasis, queryBasis, d, e)
      for (let k = 0; k < out.length; k++) {
        out[k] = ((out[k] / size) * side) / tokenUnit / queryUnit
        if (!Number.isFinite(out[k]))
          refuse('tokens', 'of sizes at which W is within the range of doubles', `W ${out[k]}`)
      }
      return out
    },
    contradictions: pairs.filter(
      (pair, c) => rows.norms[c] === 0 && (pair.isEquation ? h[c] !== 0 : h[c] > 0) && softness === undefined,
    ),
  }
}

/** Checks `select` or `relevant`; one list of tokens for each query. */
export function readRelevant(
  { select, relevant }: Pick<AttentionSVMProblem, 'select' | 'relevant'>,
  { n, starts }: FlatCases,
): Int32Array[] {
  if ((select === undefined) === (relevant === undefined))
    refuse('select', 'given, or relevant, and not both', select === undefined ? 'neither' : 'both', 'type')
  const label = select === undefined ? 'relevant' : 'select'
  const lists: ArrayLike<unknown> = readList<unknown>((select ?? relevant)!, label, n)
  return Array.from({ length: n }, (_, i) => {
    const count = starts[i + 1] - starts[i]
    const place = `${label}[${i}]`
    if (select !== undefined) return Int32Array.of(number(lists[i], place, { integer: true, min: 0, max: count - 1 }))
    const own = readPlaces(lists[i], place, count)
    if (own.length === 0) refuse(place, 'nonempty', 'length 0')
    return Int32Array.from(new Set(own))
  })
}

/** The rows of each query in the order of its tokens, and their differences of tokens. */
function differences({ n, d, starts, tokens }: FlatCases, relevant: Int32Array[]) {
  const pairs: Pair[] = []
  const ends = new Int32Array(n + 1)
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < starts[i + 1] - starts[i]; t++)
      if (t !== relevant[i][0]) pairs.push({ query: i, token: t, isEquation: relevant[i].includes(t) })
    ends[i + 1] = pairs.length
  }
  const deltas = new Float64Array(pairs.length * d)
  pairs.forEach(({ query, token }, c) => {
    const chosen = (starts[query] + relevant[query][0]) * d
    const other = (starts[query] + token) * d
    for (let j = 0; j < d; j++) deltas[c * d + j] = tokens[chosen + j] - tokens[other + j]
  })
  for (const value of deltas)
    if (!Number.isFinite(value))
      refuse('tokens', 'of differences within the range of doubles', `a difference of ${value}`)
  return { pairs, starts: ends, deltas }
}
