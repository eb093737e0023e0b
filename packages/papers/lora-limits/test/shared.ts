import { random } from '@opt/core'
import type { AttentionBatch, AttentionHead } from '../src/index.ts'

export type Rows = number[][]

/** Returns rows of normal numbers. */
export const drawn = (rows: number, columns: number, scale: number, seed: number): Rows => {
  const rng = random(seed)
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => scale * rng.normal()))
}

/** Returns a small head with all adapters and a batch for it; logits grow with `scale`. */
export function small(
  seed: number,
  {
    queries = 7,
    keys = 9,
    d = 5,
    h = 3,
    hv = 2,
    rank = 2,
    scale = 0.4,
  }: Partial<Record<'queries' | 'keys' | 'd' | 'h' | 'hv' | 'rank' | 'scale', number>> = {},
): {
  head: AttentionHead & { adapters: Record<'Q' | 'K' | 'V', { A: Rows; B: Rows }> }
  batch: AttentionBatch & { query: Rows; key: Rows; value: Rows; target: Rows }
} {
  const at = (k: number) => 100 * seed + k
  const adapter = (columns: number, k: number) => ({
    A: drawn(rank, columns, 0.5, at(k)),
    B: drawn(d, rank, 0.3 * scale, at(k + 1)),
  })
  return {
    head: {
      weights: { Q: drawn(d, h, scale, at(0)), K: drawn(d, h, scale, at(1)), V: drawn(d, hv, 0.5, at(2)) },
      adapters: { Q: adapter(h, 3), K: adapter(h, 5), V: adapter(hv, 7) },
      alpha: 3,
    },
    batch: {
      query: drawn(queries, d, 1, at(9)),
      key: drawn(keys, d, 1, at(10)),
      value: drawn(keys, d, 1, at(11)),
      target: drawn(queries, hv, 1, at(12)),
    },
  }
}
