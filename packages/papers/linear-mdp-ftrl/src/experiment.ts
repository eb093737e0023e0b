import type { Experiment } from '@opt/core'
import { openExecutor } from '@opt/executor/experiment'
import { counter } from './experiment/counter.ts'
import { covariances } from './experiment/covariances.ts'
import { deep } from './experiment/deep.ts'
import { modules } from './experiment/study.ts'
import { theory } from './experiment/theory.ts'

/**
 * Regret against an adversary who waits where the learner usually passes, exploration of a deep path, and inverse
 * covariances. The paper has no experiments: the worlds are this package's own, and the column 'prototype' has the
 * figures of an independent implementation with other seeds.
 */
export const experiment: Experiment = async (context) => {
  const executor = await openExecutor(modules, context.cores)
  try {
    await counter(context, executor, 0, 0.6)
    await deep(context, executor, 0.6, 0.8)
    await covariances(context, 0.8, 0.9)
    await theory(context, executor, 0.9, 1)
  } finally {
    await executor.close()
  }
  context.note(
    'What does not carry over: the parameters of the theory; forced exploration, with which the proof of the third algorithm works, and its rate K^(8/9), slower than what is seen.',
  )
}
