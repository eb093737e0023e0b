import { type MatrixLike, type Solver, solver, type VectorLike } from '@opt/core'
import { admm } from './admm.ts'
import type { ConvexReluOptions, ConvexReluReport, ConvexReluSolution } from './options.ts'
import { takeProblem } from './problem.ts'
import { robustAdmm } from './robust-admm.ts'

/**
 * Trains a two-layer ReLU network to the global optimum of the convex program with the given patterns (Pilanci and Ergen 2020):
 *
 *     min loss(sum_i D_i X (v_i - w_i), y) + beta sum_i (||v_i|| + ||w_i||),  E_i X v_i >= 0, E_i X w_i >= 0,  E = 2 D - 1
 *
 * by ADMM (Bai, Gautam and Sojoudi 2023). With epsilon > 0 the loss is the worst over the l_inf ball round every row, exactly.
 *
 * @param X n x d; append a column of ones for a bias. Scale features to about 1.
 * @param y n targets; -1 and 1 for hinge and bce.
 * @throws TypeError or RangeError that names the argument when something is wrong with it.
 */
export const convexRelu: Solver<
  [X: MatrixLike, y: VectorLike, options: ConvexReluOptions],
  ConvexReluReport,
  ConvexReluSolution
> = solver(
  'convexRelu',
  function* (X: MatrixLike, y: VectorLike, options: ConvexReluOptions & { maxIterations?: number }) {
    const problem = takeProblem(X, y, options)
    const most = options.maxIterations as number
    return yield* problem.method === 'robust' ? robustAdmm(problem, most) : admm(problem, most)
  },
  { tolerance: 1e-6, maxIterations: 5000 },
)
