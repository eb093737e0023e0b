import type { Buffers } from './buffers.ts'
import { checkVector } from './intake.ts'

/** What {@link DenseNetwork.state} saves: plain JSON. */
export interface NetworkState {
  parameters: number[]
  /** Running mean and variance of each layer with batch normalisation. */
  statistics: { mean: number[]; variance: number[] }[]
}

const normsOf = (net: Buffers) => net.layers.flatMap(({ norm }) => (norm ? [norm] : []))

export function saveState(net: Buffers): NetworkState {
  return {
    parameters: Array.from(net.parameters),
    statistics: normsOf(net).map(({ runningMean, runningVariance }) => ({
      mean: Array.from(runningMean),
      variance: Array.from(runningVariance),
    })),
  }
}

/** Checks everything before anything is changed. */
export function loadState(net: Buffers, state: NetworkState): void {
  checkVector(state?.parameters, net.parameters.length, 'load: state.parameters')
  const norms = normsOf(net)
  norms.forEach(({ runningMean, runningVariance }, l) => {
    checkVector(state.statistics?.[l]?.mean, runningMean.length, `load: state.statistics[${l}].mean`)
    checkVector(state.statistics?.[l]?.variance, runningVariance.length, `load: state.statistics[${l}].variance`)
  })
  net.parameters.set(state.parameters)
  norms.forEach(({ runningMean, runningVariance }, l) => {
    runningMean.set(state.statistics[l].mean)
    runningVariance.set(state.statistics[l].variance)
  })
}
