import type { Adjacency } from './clients/local-steps.ts'
import type { NoiseAt } from './options.ts'
import type { Parameters } from './parameters.ts'

/** What a run guarantees. */
export interface Privacy {
  /** What the rounds so far cost. */
  epsilon: number
  delta: number
  adjacency: Adjacency
  /** Whether all noise came from a source that nobody can predict. If not, nothing is guaranteed. */
  secure: boolean
  noiseAt: NoiseAt
  /** The guarantee in words. */
  statement: string
}

const NEIGHBOURS = {
  replace: 'data sets that differ by one replaced record',
  'zero-out': 'data sets of which one lacks a record',
}
const SEEN = {
  server: 'noise is added by the server, which is trusted with the sums of clipped gradients',
  clients: 'each client adds a share of the noise, which hides its records if only sums of messages are revealed',
  local: 'each client adds all of its noise itself',
}

/** Returns what a run of some rounds guarantees. */
export function privacyOf(parameters: Parameters, epsilon: number, secure: boolean): Privacy {
  const { delta, adjacency, noiseAt, counts } = parameters
  const records = counts.reduce((sum, count) => sum + count, 0)
  const guarantee = `(${Number(epsilon.toPrecision(6))}, ${delta})-differential privacy for ${NEIGHBOURS[adjacency]}`
  const large = delta > 1 / records ? `; delta is above 1/${records}, which may give single records away` : ''
  const statement = secure
    ? `${guarantee}; ${SEEN[noiseAt]}; cryptographic noise${large}`
    : `simulation: seeded noise, no guarantee (with secure noise: ${guarantee}${large})`
  return { epsilon, delta, adjacency, secure, noiseAt, statement }
}
