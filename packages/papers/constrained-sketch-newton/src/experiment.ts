import type { Experiment } from '@opt/core'
import { benchmarkSet } from './experiment/benchmark-set.ts'
import { globalConvergence } from './experiment/global-convergence.ts'
import { localConvergence } from './experiment/local-convergence.ts'
import { logistic } from './experiment/logistic.ts'
import { sketching } from './experiment/sketching.ts'

/** The paper's benchmark problems, global and local convergence, constrained logistic regression, and sketching alone. */
export const experiment: Experiment = async (context) => {
  await benchmarkSet(context, 0, 0.35)
  await globalConvergence(context, 0.35, 0.65)
  await localConvergence(context, 0.65, 0.8)
  await logistic(context, 0.8, 0.97)
  await sketching(context, 0.97, 1)
  context.note(
    'The paper shows its results on CUTEst and LIBSVM problems as figures, without the numbers; the reference implementation named here is an independent one of the same method, in C and numpy.',
  )
  context.note(
    'What does not carry over: speed. At every size tried here an exact solve is 50 times faster and more than the sketched ones, and MINRES needs at most about N products with K; the rate of Kaczmarz steps falls with the square of the condition number of K.',
  )
  context.note(
    "The least eigenvalues of G G' and of the reduced Hessian, which the method asks for in each iteration, cost O(n^3): the cheap iteration of the paper is that of the inner solver alone.",
  )
}
