import type { Matrix } from '@opt/core'
import { kernelRidge } from '../baselines/kernel-ridge.ts'
import { hierarchicalFit } from '../hierarchical-fit.ts'
import { layerwise } from '../layerwise.ts'
import { relativeError } from './targets.ts'

/** Rows to learn from, and others to test on without noise. */
export interface Task {
  X: Matrix
  y: Float64Array
  test: Matrix
  truth: Float64Array
  degrees: number[]
  center?: boolean
}

/** The errors of the two stages alone and after refinement. */
export function hierarchicalErrors(
  { X, y, test, truth, degrees, center = false }: Task,
  seed: number,
): { twoStage: number; refined: number } {
  const problem = { X, y }
  const options = { degrees, center, seed, history: false }
  return {
    twoStage: relativeError(hierarchicalFit(problem, { ...options, refinements: 0 }).predict(test), truth),
    refined: relativeError(hierarchicalFit(problem, options).predict(test), truth),
  }
}

export function kernelError(
  { X, y, test, truth }: Task,
  seed: number,
  kernel: 'rbf' | 'polynomial',
  degree = 6,
): number {
  return relativeError(kernelRidge(X, y, { kernel, degree, seed }).predict(test), truth)
}

/** The paper's network by gradient descent. */
export function layerwiseError({ X, y, test, truth }: Task, seed: number): number {
  const { evaluate } = layerwise({ X, y }, { seed, history: false })
  return relativeError(evaluate(test).output, truth)
}
