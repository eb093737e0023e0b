import { allocate, matrixKernels, type Views } from '@opt/core'
import type { Problem } from '../program/problem.ts'
import { Operators, operatorViews, type Sizes } from './operators.ts'
import { type SplitState, splitState } from './state.ts'

/** Operators and variables in one workspace, and an update of u that works on them. */
export interface Prepared<U> {
  ops: Operators
  state: SplitState
  update: U
}

/** Allocates operators, variables and the views of one update of u, and creates the update. */
export function prepare<V extends object, U>(
  problem: Problem,
  layout: (views: Views, sizes: Sizes) => V,
  create: (memory: { ops: Operators; state: SplitState; views: V }) => U,
): Prepared<U> {
  const { n, d, X, patterns } = problem
  const sizes = { n, d, P: patterns.count }
  const { kernels, shared, state, views } = allocate([matrixKernels], (ws) => ({
    shared: operatorViews(ws, sizes),
    state: splitState(ws, sizes),
    views: layout(ws, sizes),
  }))
  const ops = new Operators(X, patterns, kernels, shared)
  return { ops, state, update: create({ ops, state, views }) }
}
