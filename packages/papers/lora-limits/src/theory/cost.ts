import { monomialCount } from '../polynomial/monomials.ts'

/** Sizes that decide the work: numbers of queries and keys, dimensions of keys and values. */
export interface Sizes {
  readonly queries: number
  readonly keys: number
  readonly h: number
  readonly hv: number
}

/** Multiplications with additions for one gradient, by method; Infinity for more features than can be counted. */
export function cost({ queries, keys, h, hv }: Sizes, method: 'exact' | 'reverse' | 'chained', degree = 1): number {
  if (method === 'exact') return queries * keys * (3 * h + 3 * hv + 10)
  const features = monomialCount(h, degree)
  const each = method === 'reverse' ? 3 * hv + 6 : 2 * (h * hv + h + hv)
  return (queries + keys) * features * each
}

/** The length from which on a method takes fewer multiplications than exact self-attention. */
export function crossover(h: number, hv: number, method: 'reverse' | 'chained', degree: number): number {
  const one = { queries: 1, keys: 1, h, hv }
  return Math.ceil(cost(one, method, degree) / cost(one, 'exact'))
}
