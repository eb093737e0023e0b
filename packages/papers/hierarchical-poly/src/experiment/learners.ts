import type { Matrix, Random } from '@opt/core'
import { kernelRidge } from '../baselines/kernel-ridge.ts'
import { hierarchicalFit } from '../hierarchical-fit.ts'
import { layerwise } from '../layerwise.ts'
import { gaussianRows, LINKS, quadraticScore, relativeError } from './targets.ts'

/** Rows to learn from, and others to test on without noise. */
export interface Task {
  X: Matrix
  y: Float64Array
  test: Matrix
  truth: Float64Array
  degrees: number[]
  center?: boolean
}

export const LINK: (z: number) => number = LINKS['z + He2/(2 sqrt 2) + He3/(2 sqrt 6)']

/** n rows, and 3000 to test on, of the curve {@link LINK} of the quadratic score of A. */
export function quadraticTask(A: Matrix, n: number, rng: Random): Task {
  const X = gaussianRows(n, A.shape[0], rng)
  const test = gaussianRows(3000, A.shape[0], rng)
  const responses = (inputs: Matrix) => quadraticScore(A, inputs).map(LINK)
  return { X, y: responses(X), test, truth: responses(test), degrees: [2] }
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
