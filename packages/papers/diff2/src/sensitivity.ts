import { calling, number, oneOf, options as optionsOf, refuse, show } from '@opt/core'
import type { Adjacency } from './clients/local-steps.ts'

/** Whether every client counts alike, or every record. */
export type Weighting = 'clients' | 'examples'

/** Options of {@link sensitivity}. */
export interface SensitivityOptions {
  /** Default 'replace'. */
  adjacency?: Adjacency | undefined
  /** Default 'clients'. */
  weighting?: Weighting | undefined
}

/**
 * Returns Delta(1), how far one record can move the weighted mean of the clients' means of parts of length 1 or less:
 * 2 max_p w_p / n_p for a replaced record, half of it for one that counts as nothing. It is enlarged by
 * 2^-52 (max_p n_p^2 + P N), what the rounding of sums in float64 can add (Casacuberta et al., Widespread Underestimation
 * of Sensitivity in Differentially Private Libraries, CCS 2022): 2e-4 of it for a million records.
 *
 * @param counts n_p, the number of records of each client.
 * @throws TypeError or RangeError for wrong counts or options.
 */
export function sensitivity(counts: ArrayLike<number>, options?: SensitivityOptions): number {
  return calling('sensitivity', () => {
    const { adjacency = 'replace', weighting = 'clients' } = optionsOf(options, 'options', ['adjacency', 'weighting'])
    if (typeof counts !== 'object' || counts === null) refuse('counts', 'an array', show(counts), 'type')
    if (!(counts.length > 0)) refuse('counts', 'nonempty', `length ${show(counts.length)}`)
    const all = Array.from(counts, (count, p) => number(count, `counts[${p}]`, { integer: true, min: 1 }))
    oneOf(adjacency, 'options.adjacency', ['replace', 'zero-out'])
    oneOf(weighting, 'options.weighting', ['clients', 'examples'])
    return sensitivityOf(all, weightsOf(all, weighting), adjacency)
  })
}

/** Returns w_p: 1 / P, or n_p / N. */
export function weightsOf(counts: readonly number[], weighting: Weighting): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return Float64Array.from(counts, (count) => (weighting === 'clients' ? 1 / counts.length : count / total))
}

/** {@link sensitivity} for given weights. */
export function sensitivityOf(counts: readonly number[], weights: Float64Array, adjacency: Adjacency): number {
  const most = counts.reduce((most, count, p) => Math.max(most, weights[p] / count), 0)
  const records = counts.reduce((sum, count) => sum + count, 0)
  const longest = counts.reduce((most, count) => Math.max(most, count), 0)
  return (adjacency === 'replace' ? 2 : 1) * most * (1 + EPSILON * (longest * longest + counts.length * records))
}

const EPSILON = 2.220446049250313e-16

/** Returns how far one of n records can move the sum of their parts of length 1 or less: 2 or 1, and rounding. */
export const sensitivityOfSum = (n: number, adjacency: Adjacency): number =>
  (adjacency === 'replace' ? 2 : 1) * (1 + EPSILON * n * n)
