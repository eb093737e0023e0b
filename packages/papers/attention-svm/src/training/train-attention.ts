import {
  exp,
  log,
  type Matrix,
  type MatrixLike,
  matrix,
  matrixCopy,
  nrm2,
  number,
  oneOf,
  options as optionsOf,
  type Random,
  type Report,
  random,
  type Solver,
  solver,
} from '@opt/core'
import ndarray from 'ndarray'
import { product } from '../linear/product.ts'
import { Objective, TRAINING_PROBLEM, type TrainingProblem } from './gradient.ts'

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

const generator = ({ seed = 0 }: TrainAttentionOptions) => random(number(seed, 'seed', { integer: true }))

/** An initial matrix, or uniform numbers. */
function startOf(
  name: 'W' | 'K' | 'Q',
  { initial }: TrainAttentionOptions,
  rng: Random,
  rows: number,
  columns: number,
  d: number,
): Float64Array {
  const given = optionsOf(initial, 'initial', ['W', 'K', 'Q'])[name]
  if (initial !== undefined) return matrixCopy(given as MatrixLike, `initial.${name}`, { rows, columns }).data
  const size = 1 / Math.sqrt(d)
  return Float64Array.from({ length: rows * columns }, () => rng.uniform(-size, size))
}

/** x -= learningRate g / |g|; returns false where g is 0. */
function descend(x: Float64Array, g: Float64Array, learningRate: number): boolean {
  const length = nrm2(g)
  if (!(length > 0)) return false
  for (let k = 0; k < x.length; k++) x[k] -= learningRate * (g[k] / length)
  return true
}

class Direct {
  readonly W: Float64Array
  readonly #objective: Objective

  constructor(objective: Objective, options: TrainAttentionOptions) {
    const { d, e } = objective.cases
    this.#objective = objective
    this.W = startOf('W', options, generator(options), d, e, d)
  }

  step(learningRate: number): boolean {
    return descend(this.W, this.#objective.G, learningRate)
  }

  factors(): object {
    return {}
  }
}

class Product {
  readonly W: Float64Array
  readonly #objective: Objective
  readonly #rank: number
  readonly #K: Float64Array
  readonly #Q: Float64Array
  readonly #gK: Float64Array
  readonly #gQ: Float64Array

  constructor(objective: Objective, options: TrainAttentionOptions) {
    const { d, e } = objective.cases
    const most = Math.min(d, e)
    const { rank = options.initial?.K === undefined ? most : matrix(options.initial.K, 'initial.K').shape[1] } = options
    this.#rank = number(rank, 'rank', { integer: true, min: 1, max: most })
    this.#objective = objective
    const rng = generator(options)
    this.#K = startOf('K', options, rng, d, this.#rank, d)
    this.#Q = startOf('Q', options, rng, e, this.#rank, d)
    this.#gK = new Float64Array(this.#K.length)
    this.#gQ = new Float64Array(this.#Q.length)
    this.W = new Float64Array(d * e)
    this.#multiply()
  }

  /** Both gradients, e^S G Q + mu K and e^S G'K + mu Q, are divided by the larger of e^S and mu. */
  step(learningRate: number, mu: number): boolean {
    const { logScale, G, cases } = this.#objective
    const [K, Q, gK, gQ, rank] = [this.#K, this.#Q, this.#gK, this.#gQ, this.#rank]
    const logMu = mu > 0 ? log(mu) : -Infinity
    const most = Math.max(logScale, logMu)
    const [share, decay] = most === -Infinity ? [0, 0] : [exp(logScale - most), exp(logMu - most)]
    for (let k = 0; k < K.length; k++) gK[k] = decay * K[k]
    for (let k = 0; k < Q.length; k++) gQ[k] = decay * Q[k]
    for (let i = 0, at = 0; i < cases.d; i++)
      for (let j = 0; j < cases.e; j++, at++) {
        const weight = share * G[at]
        for (let k = 0, a = i * rank, b = j * rank; k < rank; k++, a++, b++) {
          gK[a] += weight * Q[b]
          gQ[b] += weight * K[a]
        }
      }
    const [movedK, movedQ] = [descend(K, gK, learningRate), descend(Q, gQ, learningRate)]
    this.#multiply()
    return movedK || movedQ
  }

  factors(): { K: Matrix; Q: Matrix } {
    const { d, e } = this.#objective.cases
    return { K: ndarray(this.#K.slice(), [d, this.#rank]), Q: ndarray(this.#Q.slice(), [e, this.#rank]) }
  }

  #multiply(): void {
    const { d, e } = this.#objective.cases
    const [K, Q, W, rank] = [this.#K, this.#Q, this.W, this.#rank]
    for (let i = 0, at = 0; i < d; i++)
      for (let j = 0; j < e; j++, at++) W[at] = product(K, i * rank, Q, j * rank, rank)
  }
}
