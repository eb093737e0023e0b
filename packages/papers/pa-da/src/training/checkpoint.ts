import { number, options as optionsOf, Random, type RandomState, refuse, show, vector } from '@opt/core'
import type { DataSamplerState } from '../samplers/data-sampler.ts'
import type { PathSamplerState } from '../samplers/path-sampler.ts'
import type { SupernetState } from '../supernet/state.ts'
import type { Supernet } from '../supernet/supernet.ts'
import type { Trainer } from './trainer.ts'

/** A saved training, plain JSON: `resume` goes on to the same bits. */
export interface TrainingState {
  epoch: number
  /** Steps done in this epoch. */
  step: number
  /** The examples of this epoch, in the order of its batches. */
  order: number[]
  /** Sums over the steps of this epoch: of losses, and of gradient norms. */
  sums: [number, number]
  random: RandomState
  network: SupernetState
  velocity: number[]
  paths: PathSamplerState
  data: DataSamplerState
}

/** Where a training is. */
export interface Place {
  epoch: number
  step: number
  order: Int32Array
  sums: [number, number]
  random: Random
}

export function saved(supernet: Supernet, { steps, paths, data }: Trainer, place: Place): TrainingState {
  const { epoch, step, order, sums, random } = place
  return {
    epoch,
    step,
    order: Array.from(order),
    sums: [...sums],
    random: random.state(),
    network: supernet.state(),
    velocity: Array.from(steps.velocity),
    paths: paths.state(),
    data: data.state(),
  }
}

/** Restores a training; throws for that of another problem. */
export function restored(
  supernet: Supernet,
  { steps, paths, data }: Trainer,
  state: TrainingState,
  { epochs, perEpoch, count }: { epochs: number; perEpoch: number; count: number },
): Place {
  const given = optionsOf(state, 'resume')
  const epoch = number(given.epoch, 'resume.epoch', { integer: true, min: 0, max: epochs })
  const step = number(given.step, 'resume.step', { integer: true, min: 0, max: perEpoch })
  if (!Array.isArray(given.order) || (given.order.length !== count && given.order.length !== 0))
    refuse('resume.order', `${count} examples`, show(given.order), 'type')
  given.order.forEach((i, k) => {
    number(i, `resume.order[${k}]`, { integer: true, min: 0, max: count - 1 })
  })
  if (step > 0 && given.order.length === 0) refuse('resume.order', `${count} examples`, 'none')
  const [loss, norm] = vector(given.sums, 'resume.sums', { length: 2, sign: 'nonnegative' })
  const random = new Random(given.random)
  const velocity = vector(given.velocity, 'resume.velocity', { length: steps.velocity.length })
  vector(given.data?.averages, 'resume.data.averages', { length: count })
  paths.load(given.paths)
  data.load(given.data)
  supernet.load(given.network)
  steps.velocity.set(velocity)
  return { epoch, step, order: Int32Array.from(given.order), sums: [loss, norm], random }
}
