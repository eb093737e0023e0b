import type { AttentionBatch, AttentionHead } from '../src/index.ts'
import type { Rows } from './shared.ts'

const product = (A: Rows, B: Rows): Rows =>
  A.map((row) => B[0].map((_, j) => row.reduce((sum, a, k) => sum + a * B[k][j], 0)))
const transpose = (A: Rows): Rows => A[0].map((_, j) => A.map((row) => row[j]))

/** Returns W + (alpha / rank) B A. */
export function merged(head: AttentionHead, role: 'Q' | 'K' | 'V'): Rows {
  const W = head.weights[role] as Rows
  const adapter = head.adapters?.[role] as { A: Rows; B: Rows } | undefined
  if (!adapter) return W
  const scale = (head.alpha ?? adapter.A.length) / adapter.A.length
  const BA = product(adapter.B, adapter.A)
  return W.map((row, i) => row.map((w, j) => w + scale * BA[i][j]))
}

/** Returns the output of a head with L x L arrays; with coefficients, of p(x) / sum p on keys less `mean`. */
export function output(
  head: AttentionHead,
  batch: AttentionBatch,
  coefficients?: ArrayLike<number>,
  mean?: number[],
): { O: Rows; F: Rows; K: Rows } {
  const Q = product(batch.query as Rows, merged(head, 'Q'))
  const raw = product((batch.key ?? batch.query) as Rows, merged(head, 'K'))
  const V = product((batch.value ?? batch.key ?? batch.query) as Rows, merged(head, 'V'))
  const beta = head.beta ?? 1 / Math.sqrt(Q[0].length)
  const mu = mean ?? raw[0].map((_, c) => raw.reduce((sum, k) => sum + k[c], 0) / raw.length)
  const K = raw.map((row) => row.map((k, c) => k - mu[c]))
  const F = Q.map((q, j) => {
    const p = K.map((k, t) => {
      if (batch.mask && t > j) return 0
      const x = beta * q.reduce((sum, v, c) => sum + v * k[c], 0)
      return coefficients ? Array.from(coefficients).reduceRight((sum, c) => sum * x + c, 0) : Math.exp(x)
    })
    const total = p.reduce((sum, v) => sum + v, 0)
    return p.map((v) => v / total)
  })
  return { O: product(F, V), F, K: raw }
}

/** Returns |O - target|^2 / 2. */
export const lossOf = (O: Rows, target: Rows): number =>
  O.flatMap((row, j) => row.map((o, c) => (o - target[j][c]) ** 2)).reduce((sum, v) => sum + v, 0) / 2

/** Returns the gradients of W_Q, W_K and W_V by the paper's formula with L x L arrays; F may be an approximation. */
export function formula(head: AttentionHead, batch: AttentionBatch, F: Rows, G: Rows): Record<'Q' | 'K' | 'V', Rows> {
  const [XQ, XK, XV] = [batch.query, batch.key ?? batch.query, batch.value ?? batch.key ?? batch.query] as Rows[]
  const [Q, K, V] = [product(XQ, merged(head, 'Q')), product(XK, merged(head, 'K')), product(XV, merged(head, 'V'))]
  const beta = head.beta ?? 1 / Math.sqrt(Q[0].length)
  const mu = K[0].map((_, c) => K.reduce((sum, k) => sum + k[c], 0) / K.length)
  const Kc = K.map((row) => row.map((k, c) => k - mu[c]))
  const O = product(F, V)
  const GV = product(G, transpose(V))
  const P = F.map((row, j) => row.map((f, t) => f * (GV[j][t] - G[j].reduce((sum, g, c) => sum + g * O[j][c], 0))))
  const times = (A: Rows, factor: number) => A.map((row) => row.map((v) => factor * v))
  return {
    Q: product(transpose(XQ), times(product(P, Kc), beta)),
    K: product(transpose(XK), times(product(transpose(P), Q), beta)),
    V: product(transpose(XV), product(transpose(F), G)),
  }
}
