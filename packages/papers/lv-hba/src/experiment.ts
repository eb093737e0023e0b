import type { Experiment } from '@opt/core'
import { svm } from './experiment/svm.ts'
import { toy } from './experiment/toy.ts'

/** The paper's problem with a known solution, and the weights of training examples with wrong labels. */
export const experiment: Experiment = async (context) => {
  await toy(context, 0, 0.4)
  await svm(context, 0.4, 1)
  context.note(
    'The penalty c = 0.01 of B was picked among 0.001 to 0.02 after a look at splits of these data: a smaller one gives a lower Phi and a wider gap.',
  )
  context.note(
    "The paper's comparison of speed with other methods for constrained bilevel problems was not repeated; where the lower level is smooth and strongly convex, as that of the support vector machine, implicit gradients are better and faster.",
  )
}
