import {
  type Batches,
  type BatchesState,
  number,
  options as optionsOf,
  Random,
  type RandomState,
  refuse,
  show,
} from '@opt/core'
import type { DenseNetwork, NetworkState, Stepper } from '@opt/nn'
import type { VarianceAverage } from '../penalties/variance-average.ts'

/** Everything {@link trainAcrossDomains} needs to go on; plain JSON. */
export interface AcrossCheckpoint {
  /** Steps done. */
  step: number
  network: NetworkState
  optimizer: unknown
  /** The order of each domain's examples. */
  batches: BatchesState[]
  /** The generator of probes. */
  random: RandomState
  /** Fishr's moving averages. */
  averages: number[][]
}

/** What a checkpoint saves. */
export interface Saved {
  network: DenseNetwork
  optimizer: Stepper
  batches: readonly Batches[]
  average: VarianceAverage | undefined
}

/** Saves a run. */
export function save(step: number, random: Random, { network, optimizer, batches, average }: Saved): AcrossCheckpoint {
  return {
    step,
    network: network.state(),
    optimizer: optimizer.state?.() ?? null,
    batches: batches.map((one) => one.state()),
    random: random.state(),
    averages: average?.state() ?? [],
  }
}

/** Restores a run. Returns the number of steps done, and the generator of probes. */
export function restore(
  resume: AcrossCheckpoint,
  { network, optimizer, batches, average }: Saved,
): { step: number; random: Random } {
  const { step, batches: orders, random, averages, ...others } = optionsOf(resume, 'resume')
  number(step, 'resume.step', { integer: true, min: 0 })
  if (!Array.isArray(orders) || orders.length !== batches.length)
    refuse('resume.batches', `an array of length ${batches.length}`, show(orders), 'type')
  const generator = new Random(random)
  network.load(others.network)
  optimizer.load?.(others.optimizer as never)
  batches.forEach((one, e) => void one.load(orders[e], `resume.batches[${e}]`))
  average?.load(averages)
  return { step, random: generator }
}
