import { refuse, show } from '@opt/core'
import { decode, encode } from './bits.ts'
import type { Buffers } from './buffers.ts'
import type { Precision, Real } from './real.ts'

/** What {@link DenseNetwork.state} saves: plain JSON, exact to the bit (arrays are base64 of their little-endian bytes). */
export interface NetworkState {
  dtype: Precision
  sizes: number[]
  parameters: string
  /** Running means and variances of the layers with batch normalisation. */
  statistics: string[]
}

/** All that a network remembers beside its parameters. */
export const statisticsOf = (net: Buffers): Float64Array[] =>
  net.layers.flatMap(({ norm }) => (norm ? [norm.runningMean, norm.runningVariance] : []))

export function saveState(net: Buffers): NetworkState {
  return {
    dtype: net.precision,
    sizes: net.architecture.sizes.slice(),
    parameters: encode(net.parameters),
    statistics: statisticsOf(net).map(encode),
  }
}

/** Checks everything before anything is changed. */
export function loadState(net: Buffers, state: NetworkState): void {
  if (typeof state !== 'object' || state === null) refuse('load: state', 'what state() returned', show(state), 'type')
  if (state.dtype !== net.precision) refuse('load: state.dtype', show(net.precision), show(state.dtype))
  const { sizes } = net.architecture
  if (!Array.isArray(state.sizes) || state.sizes.map(show).join() !== sizes.join())
    refuse(
      'load: state.sizes',
      `[${sizes}]`,
      Array.isArray(state.sizes) ? `[${state.sizes.map(show)}]` : show(state.sizes),
    )
  const parameters = decode(state.parameters, net.parameters, 'load: state.parameters')
  const statistics: Real[] = statisticsOf(net)
  if (!Array.isArray(state.statistics) || state.statistics.length > statistics.length)
    refuse('load: state.statistics', `an array of length ${statistics.length}`, show(state.statistics), 'type')
  const saved = statistics.map((like, i) => decode(state.statistics[i], like, `load: state.statistics[${i}]`))
  // Means and variances take turns.
  saved.forEach((values, i) => {
    const bad = i % 2 === 0 ? -1 : values.findIndex((variance) => variance < 0)
    if (bad >= 0) refuse(`load: state.statistics[${i}][${bad}]`, 'a nonnegative number, a variance', show(values[bad]))
  })
  net.parameters.set(parameters)
  statistics.forEach((running, i) => running.set(saved[i]))
}
