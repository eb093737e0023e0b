import { number, Random, randomFrom, refuse, show } from '@opt/core'
import type { DenseNetwork } from '../network/network.ts'
import type { Checkpoint, Stepper, TrainOptions } from './options.ts'

/** Returns the generator that shuffles the examples: the checkpoint's, the caller's, or a new one. */
export function shuffleGenerator({ resume, seed = 0 }: Pick<TrainOptions, 'resume' | 'seed'>): Random {
  if (!resume) return randomFrom(seed, 'seed')
  try {
    return new Random(resume.random)
  } catch {
    refuse('resume.random', 'the state of a generator', show(resume.random), 'type')
  }
}

/**
 * Restores network, optimizer and order from a checkpoint. If any part does not fit, throws and changes nothing.
 *
 * @returns the number of steps done.
 */
export function restore(network: DenseNetwork, optimizer: Stepper, resume: Checkpoint, order: Int32Array): number {
  number(resume.step, 'resume.step', { integer: true, min: 0 })
  checkOrder(resume.order, order.length)
  // Loading into a copy checks the network's state; the network itself changes last, when nothing can fail any more.
  network.clone({ batch: resume.network?.noise ? network.batch : 1 }).load(resume.network)
  if (resume.optimizer === null) {
    if (optimizer.state) refuse('resume.optimizer', 'a state of the optimizer', 'null')
  } else if (optimizer.load) {
    optimizer.load(resume.optimizer as never)
  } else refuse('optimizer', 'one with load(state), to resume from a checkpoint', 'one without', 'type')
  network.load(resume.network)
  order.set(resume.order)
  return resume.step
}

/** Refuses anything but a permutation of 0, ..., count - 1. */
function checkOrder(order: readonly number[], count: number): void {
  if (!Array.isArray(order)) refuse('resume.order', 'an array', show(order), 'type')
  if (order.length !== count) refuse('resume.order', `of length ${count}`, `length ${order.length}`)
  const seen = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    number(order[i], `resume.order[${i}]`, { integer: true, min: 0, max: count - 1 })
    if (seen[order[i]]++) refuse(`resume.order[${i}]`, 'an example that is not in the order yet', `${order[i]} again`)
  }
}
