import type { Experiment } from '@opt/core'
import { globalOptimum } from './experiment/global-optimum.ts'
import { iterationCost } from './experiment/iteration-cost.ts'
import { robustness } from './experiment/robustness.ts'
import { xor } from './experiment/xor.ts'

/** Global optimum against back-propagation (E1), cost of an iteration (E2), robust training (E3). */
export const experiment: Experiment = async (context) => {
  await context.progress(0, 'E1: the global optimum')
  await globalOptimum(context, 0, 0.5)
  await iterationCost(context, 0.5, 0.6)
  await xor(context, 0.6, 0.65)
  await robustness(context, 0.65, 1)
  context.note(
    'What carries over: robust convex training withstands attacks far better than standard convex training and about as well as PGD training, with the exact worst-case training loss and no learning rate. Neither side was tuned.',
  )
  context.note(
    'What does not carry over: on digits it equals PGD training but is no better, and on both sets the linear unit (the all-ones pattern) accounts for nearly all of the gain. The advantage the paper reports on CIFAR, where d is much larger than n, is not reproduced here. Standard convex training is less robust than plain back-propagation.',
  )
}
