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
 * 2 max_p w_p / n_p for a replaced record, half of it for one that counts as nothing.
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
  return adjacency === 'replace' ? 2 * most : most
}
