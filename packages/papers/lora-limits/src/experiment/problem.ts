import type { Matrix, Random } from '@opt/core'
import { nrm2 } from '@opt/core'
import ndarray from 'ndarray'
import type { Adapter, AttentionBatch, AttentionHead, Role } from '../head.ts'
import { loraGradients } from '../lora-gradients.ts'
import { H, PIXELS, type Tokens } from './tokens.ts'

/** Returns A B of row-major arrays. */
export function product(A: Float64Array, B: Float64Array, m: number, k: number, n: number): Float64Array {
  const C = new Float64Array(m * n)
  for (let i = 0; i < m; i++)
    for (let l = 0; l < k; l++) {
      const a = A[i * k + l]
      for (let j = 0; j < n; j++) C[i * n + j] += a * B[l * n + j]
    }
  return C
}

export const asMatrix = (data: Float64Array, rows: number): Matrix => ndarray(data, [rows, data.length / rows])

/** Frozen weights of a head whose logits have the scale tau, and its tokens. */
export interface FrozenHead {
  readonly weights: Record<Role, Float64Array>
  readonly X: Float64Array
  readonly values: Float64Array
  readonly length: number
}

/** Returns W_Q = W_K = sqrt(tau) U / std(X U), W_V = U and values of unit variance. */
export function frozenHead({ X, values, U, length }: Tokens, tau: number): FrozenHead {
  const deviation = (X: Float64Array, W: Float64Array) => nrm2(product(X, W, length, PIXELS, H)) / Math.sqrt(length * H)
  const [queries, outputs] = [Math.sqrt(tau) / deviation(X, U), deviation(values, U)]
  const QK = U.map((u) => u * queries)
  return { weights: { Q: QK, K: QK, V: U }, X, values: values.map((v) => v / outputs), length }
}

/** Returns a random update of rank 4 with |X B A| = share |X W|. */
export function lowRank(head: FrozenHead, role: Role, share: number, rng: Random): Adapter<Matrix> {
  const B = Float64Array.from({ length: PIXELS * 4 }, () => rng.normal())
  const A = Float64Array.from({ length: 4 * H }, () => rng.normal())
  const X = role === 'V' ? head.values : head.X
  const size = (W: Float64Array) => nrm2(product(X, W, head.length, PIXELS, H))
  const factor = (share * size(head.weights[role])) / size(product(B, A, PIXELS, 4, H))
  return {
    A: asMatrix(A, 4),
    B: asMatrix(
      B.map((b) => b * factor),
      PIXELS,
    ),
  }
}

/** Returns frozen weights as an argument of the package. */
export const weightsOf = ({ weights }: FrozenHead): AttentionHead['weights'] => ({
  Q: asMatrix(weights.Q, PIXELS),
  K: asMatrix(weights.K, PIXELS),
  V: asMatrix(weights.V, PIXELS),
})

/** Returns the tokens of a head. */
export const tokensOfHead = ({ X, values, length }: FrozenHead): { query: Matrix; key: Matrix; value: Matrix } => {
  const query = asMatrix(X, length)
  return { query, key: query, value: asMatrix(values, length) }
}

/** Returns tokens and, as targets, the output of a teacher whose weights are W + D, |X D| = share |X W|. */
export function taught(head: FrozenHead, shares: Record<Role, number>, rng: Random): AttentionBatch {
  const tokens = tokensOfHead(head)
  const adapters = {
    Q: lowRank(head, 'Q', shares.Q, rng),
    K: lowRank(head, 'K', shares.K, rng),
    V: lowRank(head, 'V', shares.V, rng),
  }
  const nothing = asMatrix(new Float64Array(head.length * H), head.length)
  const { output } = loraGradients({ weights: weightsOf(head), adapters }, { ...tokens, upstream: nothing })
  return { ...tokens, target: output }
}

/** Returns the problem of the transition: a teacher with shares of a half, adapters with a quarter. */
export function transition(tokens: Tokens, tau: number, rng: Random): { head: AttentionHead; batch: AttentionBatch } {
  const frozen = frozenHead(tokens, tau)
  const batch = taught(frozen, { Q: 0.5, K: 0.5, V: 0.5 }, rng)
  const adapters = {
    Q: lowRank(frozen, 'Q', 0.25, rng),
    K: lowRank(frozen, 'K', 0.25, rng),
    V: lowRank(frozen, 'V', 0.25, rng),
  }
  return { head: { weights: weightsOf(frozen), adapters }, batch }
}
