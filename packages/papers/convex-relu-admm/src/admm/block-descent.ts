import {
  type MatrixLike,
  options as optionsOf,
  type Report,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
} from '@opt/core'
import type { PatternsLike } from '../patterns/patterns.ts'
import type { LossName } from '../program/losses.ts'
import type { AdmmState, BlockOptions } from '../program/options.ts'
import { checkProblem } from '../program/problem.ts'
import { blockSteps } from './block-steps.ts'
import { loadState } from './state.ts'

/** Options of {@link blockDescent}. */
export interface BlockDescentOptions extends BlockOptions {
  patterns: PatternsLike
  /** squared (default) or bce. */
  loss?: LossName
  /** Default 1. */
  rho?: number
  /** ADMM's variables: u to start from; v, lambda (2 P d), s and nu (2 P n). */
  at: AdmmState
  /** The pattern of each step, which fixes the number of steps; without, patterns are random. */
  blocks?: ArrayLike<number>
}

/** Report of {@link blockDescent}. */
export interface BlockDescentReport extends Report {
  /** L(u) after the step. */
  value: number
}

/**
 * Runs ADMM's update of u by random block coordinate descent, on its own:
 *
 *     min over u of L(u) = loss(F u) + rho/2 (||u - v + lambda||^2 + ||G u - s + nu||^2)
 *
 * `convexRelu` with the method `rbcd` uses it for every update.
 *
 * @param X n x d.
 * @param y n targets; -1 and 1 for bce.
 * @returns u, 2 P d.
 * @throws TypeError or RangeError that names the invalid argument.
 */
export const blockDescent: Solver<
  [X: MatrixLike, y: VectorLike, options: BlockDescentOptions],
  BlockDescentReport,
  { u: Float64Array }
> = solver(
  'blockDescent',
  function* (X, y, { blocks, at, ...rest }) {
    const problem = checkProblem(X, y, { ...rest, method: 'rbcd', beta: 0 })
    const P = problem.patterns.count
    const { ops, state, update: descent } = blockSteps(problem)
    if (at === undefined) refuse('at', 'the state of ADMM', 'undefined', 'type')
    optionsOf(at, 'at')
    if (blocks !== undefined && !Array.isArray(blocks) && !(ArrayBuffer.isView(blocks) && 'length' in blocks))
      refuse('blocks', 'a list of patterns', show(blocks), 'type')
    loadState({ r: new Float64Array(problem.n), mu: new Float64Array(problem.n), ...at }, state, ops)
    if (!Number.isFinite(descent.value())) refuse('at', 'of a finite objective', 'more')
    descent.begin()
    const { random, blockSize } = problem.blocks
    for (let k = 0; blocks === undefined || k < blocks.length; k++) {
      if (blocks && !(Number.isInteger(blocks[k]) && blocks[k] >= 0 && blocks[k] < P))
        refuse(`blocks[${k}]`, `a pattern, 0 to ${P - 1}`, show(blocks[k]))
      descent.step(blocks ? [blocks[k]] : random.choice(P, Math.min(blockSize, P)))
      const report: BlockDescentReport = { value: descent.value() }
      if (!Number.isFinite(report.value))
        refuse('rho', 'of a size at which the objective stays finite', show(problem.rho))
      const stop = yield report
      if (stop) break
    }
    return { u: Float64Array.from(state.u) }
  },
  {
    options: ['patterns', 'loss', 'rho', 'at', 'blocks', 'random', 'step', 'blockSize', 'threshold', 'thresholdDecay'],
  },
)
