import { decodeFloats, encodeFloats, type FloatsConstructor, refuse, show } from '@opt/core'
import { checkVector } from '../data/intake.ts'
import type { NoiseState } from '../layers/noise.ts'
import type { Buffers } from '../passes/buffers.ts'
import type { Precision, Real } from '../real.ts'

/**
 * The state that {@link DenseNetwork.state} saves. It survives JSON bit for bit: arrays are base64 of their
 * little-endian bytes.
 */
export interface NetworkState {
  dtype: Precision
  sizes: number[]
  parameters: string
  /** The running mean and the running variance of each layer with batch normalization, in turns. */
  statistics: string[]
  /** The noise of a network with dropout and the like. */
  noise?: NoiseState | undefined
}

/** Returns everything a network remembers besides its parameters, in the order of {@link NetworkState.statistics}. */
const statisticsOf = (net: Buffers): Float64Array[] =>
  net.layers.flatMap(({ norm }) => (norm ? [norm.runningMean, norm.runningVariance] : []))

export function saveState(net: Buffers): NetworkState {
  return {
    dtype: net.dtype,
    sizes: net.architecture.sizes.slice(),
    parameters: encodeFloats(net.parameters),
    statistics: statisticsOf(net).map(encodeFloats),
    ...(net.noise && { noise: net.noise.state() }),
  }
}

/** Copies parameters, statistics and noise to a network of the same architecture. */
export function copyState(from: Buffers, to: Buffers): void {
  to.parameters.set(from.parameters)
  const running = statisticsOf(from)
  statisticsOf(to).forEach((statistics, i) => statistics.set(running[i]))
  if (from.noise) to.noise?.copy(from.noise.state())
}

/** Restores a saved state. Checks all of it before it changes anything. */
export function loadState(net: Buffers, state: NetworkState): void {
  if (typeof state !== 'object' || state === null) refuse('load: state', 'what state() returned', show(state), 'type')
  if (state.dtype !== net.dtype) refuse('load: state.dtype', show(net.dtype), show(state.dtype))
  const { sizes } = net.architecture
  if (!Array.isArray(state.sizes) || state.sizes.map(show).join() !== sizes.join()) {
    const given = Array.isArray(state.sizes) ? `[${state.sizes.map(show)}]` : show(state.sizes)
    refuse('load: state.sizes', `[${sizes}]`, given)
  }
  const Kind = net.dtype === 'float64' ? Float64Array : Float32Array
  const parameters = decoded<Real>(state.parameters, Kind, net.parameters.length, 'load: state.parameters')
  const statistics = statisticsOf(net)
  if (!Array.isArray(state.statistics) || state.statistics.length > statistics.length)
    refuse('load: state.statistics', `an array of length ${statistics.length}`, show(state.statistics), 'type')
  const saved = statistics.map(({ length }, i) =>
    decoded(state.statistics[i], Float64Array, length, `load: state.statistics[${i}]`),
  )
  for (let i = 1; i < saved.length; i += 2) {
    const bad = saved[i].findIndex((variance) => variance < 0)
    if (bad >= 0)
      refuse(`load: state.statistics[${i}][${bad}]`, 'a nonnegative number, a variance', show(saved[i][bad]))
  }
  if (!net.noise && state.noise !== undefined)
    refuse('load: state.noise', 'absent, since the network has no noise', show(state.noise))
  const loadNoise = net.noise?.loader(state.noise, 'load: state.noise')
  net.parameters.set(parameters)
  loadNoise?.()
  statistics.forEach((running, i) => running.set(saved[i]))
}

function decoded<A extends Real>(text: unknown, Kind: FloatsConstructor<A>, length: number, label: string): A {
  const values = decodeFloats(text, Kind, length, label)
  checkVector(values, length, label)
  return values
}
