import { number, permutation, Random, randomFrom, refuse, show } from '@opt/core'
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
  permutation(resume.order, 'resume.order', order.length)
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
