import type { Matrix } from '@opt/core'
import {
  gradientDescent,
  type Problem,
  type ProblemOptions,
  type StepRule,
  spectralInitialization,
  subgm,
  syntheticProblem,
} from '../index.ts'

/** The paper's setting: d = 20, r = 3, eigenvalues 1, m = 1000. */
export const headlineProblem = (options: Pick<ProblemOptions, 'random'> & Partial<ProblemOptions>): Problem =>
  syntheticProblem({ size: 20, rank: 3, count: 1000, corruption: 0.2, outlierScale: 10, ...options })

/** norm(X - X*), Frobenius. */
export function distance(X: Matrix, truth: Matrix): number {
  let sum = 0
  for (let i = 0; i < X.data.length; i++) sum += (X.data[i] - truth.data[i]) * (X.data[i] - truth.data[i])
  return Math.sqrt(sum)
}

/** norm(U U' - X*) of a factor with r columns. */
export function factorDistance(U: Float64Array, r: number, { data, shape: [d] }: Matrix): number {
  let sum = 0
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      let value = -data[i * d + j]
      for (let k = 0; k < r; k++) value += U[i * r + k] * U[j * r + k]
      sum += i === j ? value * value : 2 * value * value
    }
  return Math.sqrt(sum)
}

/** What is told of a run. */
export interface Run {
  /** norm(U_t U_t' - X*) for t = 0, 1, ... */
  errors: number[]
  /** The last of them. */
  error: number
  /** The least of them. */
  best: number
  /** The first t with an error of 0.01 at most; Infinity if there is none. */
  reached: number
}

/** Settings of {@link descent}. */
export interface RunOptions {
  stepSize: StepRule
  rank: number
  iterations: number
  alpha?: number
  loss?: 'l1' | 'l2'
}

/** A descent from the plain spectral start alpha B. */
export function descent(
  { measurements, y, truth }: Problem,
  { stepSize, rank, iterations, alpha = 1e-5, loss }: RunOptions,
): Run {
  const errors: number[] = []
  const watched: StepRule = Object.assign(
    (state: Parameters<StepRule>[0]) => {
      errors.push(factorDistance(state.factor, rank, truth))
      return stepSize(state)
    },
    stepSize.q === undefined ? {} : { q: stepSize.q },
  )
  const initial = spectralInitialization(measurements, y, { rank, alpha })
  const solve = loss === 'l2' ? gradientDescent : subgm
  solve(measurements, y, { initial, stepSize: watched, tolerance: 0, maxIterations: iterations, history: false })
  const reached = errors.findIndex((error) => error <= 0.01)
  return {
    errors,
    error: errors[errors.length - 1],
    best: Math.min(...errors),
    reached: reached < 0 ? Infinity : reached,
  }
}

export const e = (value: number): string => (value < 1e-3 ? value.toExponential(1) : value.toPrecision(3))
