import {
  allocate,
  type MatrixLike,
  type Report,
  refuse,
  type Solver,
  show,
  solver,
  options as takeOptions,
  type VectorLike,
} from '@opt/core'
import { BlockDescent, blockViews } from './block-descent.ts'
import type { LossName } from './losses.ts'
import { Operators, operatorViews } from './operators.ts'
import type { AdmmState, BlockOptions } from './options.ts'
import type { PatternsLike } from './patterns.ts'
import { takeProblem } from './problem.ts'
import { loadState, pullSides, splitState } from './state.ts'

/** Options of {@link blockDescent}. */
export interface BlockDescentOptions extends BlockOptions {
  patterns: PatternsLike
  /** squared or bce. */
  loss?: LossName
  /** Default 1. */
  rho?: number
  /** ADMM's variables: u to start from; v, lambda (2 P d), s and nu (2 P n). */
  at: AdmmState
  /** The patterns to step on, one a step; random ones without. */
  blocks?: ArrayLike<number>
}

/**
 * The u-step of ADMM by random block coordinate descent, on its own: min over u of
 * loss(F u) + rho/2 (||u - v + lambda||^2 + ||G u - s + nu||^2). Reports the value after each step; `convexRelu` with method `rbcd`
 * runs it inside.
 */
export const blockDescent: Solver<
  [X: MatrixLike, y: VectorLike, options: BlockDescentOptions],
  Report & { value: number },
  { u: Float64Array }
> = solver('blockDescent', function* (X: MatrixLike, y: VectorLike, options: BlockDescentOptions): Generator<
  Report & { value: number },
  { u: Float64Array },
  boolean
> {
  const { blocks, at, ...rest } = options
  const problem = takeProblem(X, y, { ...rest, method: 'rbcd', beta: 0 })
  const { n, d, patterns } = problem
  const P = patterns.count
  const room = allocate((ws) => ({
    ...{ ops: operatorViews(ws, n, d, P), state: splitState(ws, n, d, P), blocks: blockViews(ws, n, d, P) },
  }))
  const ops = new Operators(problem.X, patterns, room.kernels, room.ops)
  if (at === undefined) refuse('at', 'the state of ADMM', 'undefined', 'type')
  takeOptions(at, 'at')
  if (blocks !== undefined && !Array.isArray(blocks) && !(ArrayBuffer.isView(blocks) && 'length' in blocks))
    refuse('blocks', 'a list of patterns', show(blocks), 'type')
  loadState({ r: new Float64Array(n), mu: new Float64Array(n), ...at }, room.state)
  pullSides(ops, room.state)
  const descent = new BlockDescent(problem, ops, room.state, room.blocks)
  if (!Number.isFinite(descent.value())) refuse('at', 'of a finite objective', 'more')
  descent.begin()
  const { random, blockSize } = problem.blocks
  for (let k = 0; blocks === undefined || k < blocks.length; k++) {
    if (blocks && !(Number.isInteger(blocks[k]) && blocks[k] >= 0 && blocks[k] < P))
      refuse(`blocks[${k}]`, `a pattern, 0 to ${P - 1}`, show(blocks[k]))
    descent.step(blocks ? [blocks[k]] : random.choice(P, Math.min(blockSize, P)))
    const value = descent.value()
    if (!Number.isFinite(value)) refuse('rho', 'of a size at which the objective stays finite', show(problem.rho))
    if (yield { value }) break
  }
  return { u: Float64Array.from(room.state.U) }
})
