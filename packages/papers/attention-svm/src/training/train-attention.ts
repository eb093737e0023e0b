import {
  log,
  type Matrix,
  type MatrixLike,
  nrm2,
  number,
  oneOf,
  options as optionsOf,
  type Report,
  type Solver,
  solver,
} from '@opt/core'
import ndarray from 'ndarray'
import { Objective, TRAINING_PROBLEM, type TrainingProblem } from './objective.ts'
import { Direct, Product } from './parameters.ts'

/** Options of {@link trainAttention}. */
export interface TrainAttentionOptions {
  /** Train W itself, or W = K Q'. Default 'W'. */
  parameterization?: 'W' | 'KQ' | undefined
  /** Columns of K and Q. Default those of `initial`, or min(d, e). */
  rank?: number | undefined
  /** Where to start: `{ W }`, or `{ K, Q }`. A step has no memory: from an earlier answer training goes on to the same bits. */
  initial?: { W?: MatrixLike | undefined; K?: MatrixLike | undefined; Q?: MatrixLike | undefined } | undefined
  /** Seeds the start, entries uniform in (-1, 1) / sqrt(d), where there is no `initial`. Default 0. */
  seed?: number | undefined
  /** Length of each step, in the Frobenius norm. Default 0.1. */
  learningRate?: number | undefined
  /** mu of the term mu (|K|^2 + |Q|^2) / 2, without which K and Q leave the nuclear direction. Default 1e-30. */
  regularization?: number | undefined
}

/** What {@link trainAttention} reports of the head before each step. */
export interface TrainAttentionReport extends Report {
  loss: number
  /** Logarithm of the norm of the gradient in W; -Infinity where it is 0. */
  logGradient: number
  /** The least over queries of the largest probability. */
  minProbability: number
}

/** Answer of {@link trainAttention}. */
export interface TrainAttentionSolution {
  /** d x e. */
  W: Matrix
  /** d x rank, and e x rank, of the parameterization 'KQ'. */
  K?: Matrix
  Q?: Matrix
  loss: number
  minProbability: number
}

/**
 * Trains an attention head by normalised gradient steps in the log domain, which go on where the gradient itself has
 * underflowed: W -= learningRate G / |G|, or the same for K and Q, each by its own norm.
 *
 * `maxIterations` is 2000, the number of steps; the status is 'max-iterations' after them, or 'completed' where the
 * gradient is 0.
 *
 * Source: Ataee Tarzanagh et al. (2023), section 5; the log domain is ours.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const trainAttention: Solver<
  [problem: TrainingProblem, options: TrainAttentionOptions],
  TrainAttentionReport,
  TrainAttentionSolution
> = /* @__PURE__ */ solver(
  'trainAttention',
  function* (problem, given): Generator<TrainAttentionReport, TrainAttentionSolution, boolean> {
    const { parameterization = 'W', learningRate = 0.1, regularization = 1e-30 } = given
    const objective = new Objective(optionsOf(problem, 'problem', TRAINING_PROBLEM))
    oneOf(parameterization, 'parameterization', ['W', 'KQ'])
    number(learningRate, 'learningRate', { positive: true })
    number(regularization, 'regularization', { nonnegative: true })
    const { d, e } = objective.cases
    const parameters = parameterization === 'W' ? new Direct(objective, given) : new Product(objective, given)
    objective.evaluate(parameters.W)
    for (;;) {
      const length = nrm2(objective.G)
      const logGradient = length > 0 ? objective.logScale + log(length) : -Infinity
      const moved = parameters.step(learningRate, regularization)
      const { value: loss, minProbability } = objective
      if (moved) objective.evaluate(parameters.W)
      if ((yield { loss, logGradient, minProbability }) || !moved)
        return {
          W: ndarray(parameters.W.slice(), [d, e]),
          ...parameters.factors(),
          loss: objective.value,
          minProbability: objective.minProbability,
          ...(!moved && { status: 'completed', message: 'the gradient is 0' }),
        }
    }
  },
  {
    maxIterations: 2000,
    options: ['parameterization', 'rank', 'initial', 'seed', 'learningRate', 'regularization'],
  },
)
