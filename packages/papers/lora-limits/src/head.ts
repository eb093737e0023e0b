import { allFinite, type Matrix, type MatrixLike, matrix, number, oneOf, options, refuse } from '@opt/core'
import ndarray from 'ndarray'

/** The projections of an attention head: queries, keys and values. */
export type Role = 'Q' | 'K' | 'V'

export const ROLES: readonly Role[] = ['Q', 'K', 'V']

/** A low-rank update of a weight: W = W* + (alpha / rank) B A. */
export interface Adapter<M = MatrixLike> {
  /** rank x h. */
  readonly A: M
  /** d x rank. */
  readonly B: M
}

/** An attention head with LoRA adapters. */
export interface AttentionHead {
  /** The frozen weights: Q of d_Q x h, K of d_K x h, V of d_V x h_V. */
  readonly weights: Readonly<Record<Role, MatrixLike>>
  /** The adapters of some of the weights. */
  readonly adapters?: { readonly [R in Role]?: Adapter | undefined } | undefined
  /** Adapters are multiplied by alpha / rank. Default: the rank, so that the factor is 1. */
  readonly alpha?: number | undefined
  /** Factor of the logits. Default 1 / sqrt(h). */
  readonly beta?: number | undefined
}

/**
 * Returns dLoss/dOutput for an output.
 *
 * @param output one row for each query of `rows`; a copy.
 * @param rows the queries: all of them, but only the drawn ones in `sampledGradients`.
 */
export type OutputGradient = (output: Matrix, rows: Int32Array) => MatrixLike

/** The tokens of one head and its loss. Give either `target` or `upstream`. */
export interface AttentionBatch {
  /** L_Q x d_Q, one token a row. */
  readonly query: MatrixLike
  /** L_K x d_K. Default: `query` (self-attention). */
  readonly key?: MatrixLike | undefined
  /** L_K x d_V. Default: `key`. */
  readonly value?: MatrixLike | undefined
  /** L_Q x h_V: the loss is |O - target|^2 / 2. */
  readonly target?: MatrixLike | undefined
  /** dLoss/dOutput, L_Q x h_V: an array, or a function of the output for any other loss. */
  readonly upstream?: MatrixLike | OutputGradient | undefined
  /** 'causal': query j sees the keys 0 to j; exact gradients only. */
  readonly mask?: 'causal' | undefined
}

/** A matrix as the loops use it: row-major, without gaps. */
export interface Dense {
  readonly data: Float64Array
  readonly rows: number
  readonly columns: number
}

/** One projection: X W with W = W* + scale B A. */
export interface Projection {
  readonly X: Dense
  readonly frozen: Dense
  readonly adapter?: { readonly A: Dense; readonly B: Dense; readonly scale: number }
  /** W* + scale B A. */
  readonly W: Dense
}

export const dense = ({ data, shape }: Matrix): Dense => ({ data, rows: shape[0], columns: shape[1] })

/** Returns an ndarray of a row-major array. */
export const toMatrix = (data: Float64Array, rows: number, columns: number): Matrix => ndarray(data, [rows, columns])

/** The head of a batch, checked. */
export interface HeadAndBatch {
  readonly projections: Readonly<Record<Role, Projection>>
  readonly beta: number
  readonly upstream?: Upstream | undefined
  readonly causal: boolean
}

/** The gradient of the loss with respect to the output. */
export type Upstream =
  | { readonly kind: 'target'; readonly target: Float64Array }
  | { readonly kind: 'array'; readonly gradient: Float64Array }
  | { readonly kind: 'function'; readonly gradient: (output: Float64Array, rows: Int32Array) => Float64Array }

/** Returns weights, adapters and factors of a head, checked, without its tokens. */
export function readHead(head: AttentionHead): {
  projections: Record<Role, Omit<Projection, 'X'>>
  beta: number
} {
  const { weights, adapters, alpha, beta } = options(head, 'head', ['weights', 'adapters', 'alpha', 'beta'])
  if (alpha !== undefined) number(alpha, 'head.alpha')
  const given = options(weights, 'head.weights', ROLES)
  const lowRank = options(adapters, 'head.adapters', ROLES) as NonNullable<AttentionHead['adapters']>
  const read = (role: Role, columns?: number) => {
    const frozen = dense(matrix(given[role], `head.weights.${role}`, { columns }))
    const low = lowRank[role]
    const adapter = low === undefined ? undefined : readAdapter(low, role, frozen, alpha)
    return { frozen, W: adapter ? merged(frozen, adapter, role) : frozen, ...(adapter && { adapter }) }
  }
  const Q = read('Q')
  const projections = { Q, K: read('K', Q.W.columns), V: read('V') }
  if (beta !== undefined) number(beta, 'head.beta', { positive: true })
  return { projections, beta: beta ?? 1 / Math.sqrt(Q.W.columns) }
}

function readAdapter(given: Adapter, role: Role, { rows, columns }: Dense, alpha: number | undefined) {
  const label = `head.adapters.${role}`
  const { A, B } = options(given, label)
  const [a, b] = [matrix(A, `${label}.A`, { columns }), matrix(B, `${label}.B`, { rows })]
  const rank = a.shape[0]
  if (b.shape[1] !== rank) refuse(`${label}.B`, `of ${rank} columns, like the rows of A`, `shape [${b.shape}]`)
  if (rank > Math.min(rows, columns))
    refuse(`${label}.A`, `of at most ${Math.min(rows, columns)} rows`, `a rank of ${rank}`)
  return { A: dense(a), B: dense(b), scale: (alpha ?? rank) / rank }
}

function merged(frozen: Dense, { A, B, scale }: { A: Dense; B: Dense; scale: number }, role: Role): Dense {
  const { rows, columns } = frozen
  const data = frozen.data.slice()
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < A.rows; k++) {
      const b = scale * B.data[i * A.rows + k]
      for (let j = 0; j < columns; j++) data[i * columns + j] += b * A.data[k * columns + j]
    }
  if (!allFinite(data)) refuse(`head.adapters.${role}`, 'of finite weights W + (alpha / rank) B A', 'an overflow')
  return { data, rows, columns }
}

const BATCH = ['query', 'key', 'value', 'target', 'upstream', 'mask'] as const

/** Checks a head and its batch. */
export function readProblem(head: AttentionHead, batch: AttentionBatch, needsLoss = true): HeadAndBatch {
  const { projections: roles, beta } = readHead(head)
  const { query, key, value, target, upstream, mask } = options(batch, 'batch', BATCH)
  const [Q, K, V] = ROLES.map((role) => roles[role].W)
  const tokens = (given: MatrixLike, label: string, W: Dense, rows?: number) =>
    dense(matrix(given, `batch.${label}`, { columns: W.rows, rows }))
  const queries = tokens(query, 'query', Q)
  const keys = key === undefined ? sameTokens(queries, K, 'key') : tokens(key, 'key', K)
  const values = value === undefined ? sameTokens(keys, V, 'value') : tokens(value, 'value', V, keys.rows)
  if (mask !== undefined) oneOf(mask, 'batch.mask', ['causal'])
  if (mask && keys.rows !== queries.rows)
    refuse('batch.mask', 'absent unless there are as many keys as queries', `${queries.rows} and ${keys.rows}`)
  return {
    projections: {
      Q: { X: queries, ...roles.Q },
      K: { X: keys, ...roles.K },
      V: { X: values, ...roles.V },
    },
    beta,
    upstream: needsLoss ? readUpstream(target, upstream, queries.rows, V.columns) : undefined,
    causal: mask === 'causal',
  }
}

/** Refuses a mask, which a polynomial of all keys does not see. */
export function refuseMask({ causal }: HeadAndBatch): void {
  if (causal) refuse('batch.mask', 'absent: the polynomial sees all keys', "'causal'")
}

function sameTokens(X: Dense, W: Dense, label: string): Dense {
  if (X.columns !== W.rows)
    refuse(`batch.${label}`, `given, with ${W.rows} columns like the rows of its weight`, 'undefined')
  return X
}

function readUpstream(
  target: MatrixLike | undefined,
  upstream: AttentionBatch['upstream'],
  rows: number,
  columns: number,
): Upstream {
  if (target === undefined && upstream === undefined)
    refuse('batch.target', 'given, or batch.upstream', 'neither', 'type')
  if (target !== undefined && upstream !== undefined)
    refuse('batch.target', 'absent beside batch.upstream', 'both', 'type')
  if (target !== undefined) return { kind: 'target', target: matrix(target, 'batch.target', { rows, columns }).data }
  if (typeof upstream !== 'function')
    return { kind: 'array', gradient: matrix(upstream!, 'batch.upstream', { rows, columns }).data }
  return {
    kind: 'function',
    gradient: (output, queries) => {
      const answer = upstream(toMatrix(output.slice(), queries.length, columns), queries)
      return matrix(answer, 'batch.upstream(output)', { rows: queries.length, columns }).data
    },
  }
}
