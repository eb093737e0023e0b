import {
  exp,
  log,
  type Matrix,
  type MatrixLike,
  matrix,
  matrixCopy,
  nrm2,
  number,
  options as optionsOf,
  type Random,
  random,
} from '@opt/core'
import ndarray from 'ndarray'
import { product } from '../linear/product.ts'
import type { Objective } from './objective.ts'
import type { TrainAttentionOptions } from './train-attention.ts'

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

/** The parameterization W. */
export class Direct {
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

/** The parameterization W = K Q'. */
export class Product {
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
