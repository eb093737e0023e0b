import { type MatrixLike, type Solver, solver, type VectorLike } from '@opt/core'
import { admm } from './admm/admm.ts'
import type { ConvexReluOptions, ConvexReluReport, ConvexReluSolution } from './program/options.ts'
import { checkProblem } from './program/problem.ts'
import { robustAdmm } from './robust/robust-admm.ts'

/**
 * Trains a two-layer ReLU network to the global optimum of the convex program with the given
 * patterns (Pilanci and Ergen 2020),
 *
 *     min loss(sum_i D_i X (v_i - w_i), y) + beta sum_i (||v_i|| + ||w_i||),  E_i X v_i >= 0, E_i X w_i >= 0,  E = 2 D - 1
 *
 * by ADMM (Bai, Gautam and Sojoudi 2023). With epsilon > 0 the loss is exactly the worst one over
 * the l_inf ball around every row.
 *
 * @param X n x d; append a column of ones for a bias. Scale features to about 1.
 * @param y n targets; -1 and 1 for hinge and bce.
 * @throws TypeError or RangeError that names the invalid argument.
 */
export const convexRelu: Solver<
  [X: MatrixLike, y: VectorLike, options: ConvexReluOptions],
  ConvexReluReport,
  ConvexReluSolution
> = solver(
  'convexRelu',
  function* (X, y, options: ConvexReluOptions & { maxIterations?: number }) {
    const problem = checkProblem(X, y, options)
    const maxIterations = options.maxIterations as number
    return yield* problem.method === 'robust' ? robustAdmm(problem, maxIterations) : admm(problem, maxIterations)
  },
  {
    tolerance: 1e-6,
    maxIterations: 5000,
    options: [
      'patterns',
      'loss',
      'beta',
      'method',
      'form',
      'rho',
      'gamma',
      'relaxation',
      'reduction',
      'epsilon',
      'perturbed',
      'stopping',
      'measureEvery',
      'initial',
      'random',
      'step',
      'blockSize',
      'threshold',
      'thresholdDecay',
    ],
  },
)
