import { type MatrixLike, matrix, number, refuse, show } from '@opt/core'
import type { NdArray } from 'ndarray'

/**
 * The tokens of each query: an ndarray n x T x d, or an array of n matrices T_i x d, whose numbers of tokens may differ
 * (padding and causal masks are shorter lists).
 */
export type Tokens = NdArray | ArrayLike<MatrixLike>

/** Queries and the tokens among which each chooses. */
export interface Cases {
  /** One matrix of tokens, T_i x d, for each query. */
  tokens: Tokens
  /** n x e. */
  queries: MatrixLike
}

/** Checked cases in flat arrays: token t of query i is entry (starts[i] + t) of `tokens`. */
export interface FlatCases {
  n: number
  /** Entries of a token. */
  d: number
  /** Entries of a query. */
  e: number
  /** n + 1 places. */
  starts: Int32Array
  /** starts[n] x d. */
  tokens: Float64Array
  /** n x e. */
  queries: Float64Array
}

const MOST_QUERIES = 1e8

/** Checks and copies cases; the errors' labels begin with `tokens` and `queries`. */
export function readCases({ tokens, queries }: Cases): FlatCases {
  const [n, e] = matrix(queries, 'queries').shape
  const lists = matricesOf(tokens, n)
  const d = lists[0].shape[1]
  const starts = new Int32Array(n + 1)
  for (let i = 0; i < n; i++) {
    if (lists[i].shape[1] !== d)
      refuse(`tokens[${i}]`, `of ${d} columns like the first matrix`, `${lists[i].shape[1]} columns`)
    starts[i + 1] = starts[i] + lists[i].shape[0]
  }
  const flat = new Float64Array(starts[n] * d)
  for (let i = 0; i < n; i++) flat.set(lists[i].data, starts[i] * d)
  return { n, d, e, starts, tokens: flat, queries: matrix(queries, 'queries').data.slice() }
}

function matricesOf(tokens: Tokens, n: number) {
  if (typeof tokens === 'object' && tokens !== null && 'shape' in tokens && 'pick' in tokens) {
    if (tokens.shape?.length !== 3) refuse('tokens', 'an ndarray of three dimensions', show(tokens), 'type')
    if (tokens.shape[0] !== n) refuse('tokens', `${n} matrices, one for each query`, `${tokens.shape[0]}`)
    return Array.from({ length: tokens.shape[0] }, (_, i) => matrix(tokens.pick(i), `tokens[${i}]`))
  }
  return Array.from(readList(tokens as ArrayLike<MatrixLike>, 'tokens', n), (list, i) => matrix(list, `tokens[${i}]`))
}

/** Checks an array of anything, one for each query. */
export function readList<T>(list: ArrayLike<T>, label: string, n?: number): ArrayLike<T> {
  if (typeof list !== 'object' || list === null || !(Number.isSafeInteger(list.length) && list.length >= 0))
    refuse(label, 'an array', show(list), 'type')
  if (list.length !== (n ?? list.length)) refuse(label, `of length ${n}, one for each query`, `length ${list.length}`)
  if (list.length === 0 || list.length > MOST_QUERIES)
    refuse(label, 'nonempty and of a length that fits into memory', `length ${list.length}`)
  return list
}

/** Checks a list of places below `count`. */
export function readPlaces(list: unknown, label: string, count: number): number[] {
  if (!Array.isArray(list) && !(ArrayBuffer.isView(list) && 'length' in list))
    refuse(label, 'an array', show(list), 'type')
  const { length } = list as ArrayLike<unknown>
  return Array.from({ length }, (_, k) =>
    number((list as ArrayLike<unknown>)[k], `${label}[${k}]`, { integer: true, min: 0, max: count - 1 }),
  )
}
